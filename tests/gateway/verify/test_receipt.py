"""``gateway verify`` checks a receipt with its answer, and names all that differs."""

from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.jwk import RSAKey
from typer.testing import CliRunner

from bureau.receipts.logged import NO_LOG
from bureau.receipts.receipt import Receipts
from gateway.cli import app
from gateway.errors import StartError
from gateway.providers.public_halves import public_half_of
from gateway.receipts.keys import ReceiptKeys, read_receipt_keys
from gateway.verify.receipt import (
    Beside,
    Receipted,
    examine_receipt,
    read,
    receipt_in,
)
from gateway.verify.verify import Examination
from signing import base64url
from signing.algorithms import Algorithm
from signing.envelope import PayloadType
from signing.report import CheckOutcome
from signing.sign import SigningKey
from signing.signer import KeySigner
from signing.sm2 import curve
from signing.sm2.keys import SignatureForm
from signing.sm2.sign import Sm2PrivateKey
from tests.bureau.receipts.made import (
    ANSWERED,
    ASKED,
    DATA,
    ERRORS,
    RULES,
    SALT,
    TEXT,
    VARIABLES,
)
from tests.gateway.receipts.signing import private

PASSED, FAILED, NOT_RUN = CheckOutcome
OF_THE_PARTS = {"RECEIPT", "DATA", "ERRORS", "DOCUMENT", "VARIABLES", "CALLER"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What a caller keeps of a question and its answer, in a folder."""

    folder: Path
    keys: ReceiptKeys

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    @property
    def trust(self) -> Path:
        return self.write("keys.json", self.keys.key_set())

    def answer(self, data: bytes = DATA, **more: object) -> bytes:
        """Return the answer, with the receipt of the unchanged one."""
        assert self.keys.signer is not None
        payload = Receipts("g", NO_LOG).payload(ASKED, ANSWERED, RULES, SALT)
        receipt = {
            "jws": self.keys.signer.sign(payload, ASKED.at).decode(),
            "salt": base64url.encode(SALT).decode(),
            **more,
        }
        extensions = orjson.dumps({"receipt": receipt})
        return b'{"errors":%b,"data":%b,"extensions":%b}' % (ERRORS, data, extensions)

    def examined(
        self,
        content: bytes,
        *,
        document: str = TEXT,
        variables: object = VARIABLES,
        caller: str = "hr-huangpu",
        trust: Path | None = None,
    ) -> Examination:
        beside = Beside(
            document=self.write("asked.graphql", document.encode()),
            variables=self.write("variables.json", orjson.dumps(variables)),
            caller=caller,
        )
        receipt = receipt_in(content)
        assert receipt is not None
        return examine_receipt(
            receipt, trust or self.trust, beside, at=ASKED.at, max_age=None
        )


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Kept:
    path = tmp_path / "receipt-key.pem"
    path.write_bytes(private(Ed25519PrivateKey.generate()))
    return Kept(tmp_path, read_receipt_keys(path))


def failed(examination: Examination) -> set[str]:
    return {str(row.check) for row in examination.rows if row.outcome is FAILED}


def test_a_receipt_and_all_beside_it_pass(kept: Kept) -> None:
    examination = kept.examined(kept.answer())

    outcomes = {str(row.check): row.outcome for row in examination.rows}
    assert examination.is_believed
    assert {outcomes[part] for part in OF_THE_PARTS} == {PASSED}
    assert {name for name, it in outcomes.items() if it is NOT_RUN} == {
        "FRESHNESS",
        "CHECKPOINT",
    }


def test_an_editors_marks_around_the_answer_change_nothing(kept: Kept) -> None:
    assert kept.examined(b"\xef\xbb\xbf" + kept.answer() + b"\r\n").is_believed


def test_other_data_is_named(kept: Kept) -> None:
    assert failed(kept.examined(kept.answer(b'{"holder":null}'))) == {"DATA"}


def test_data_that_was_written_anew_is_named(kept: Kept) -> None:
    spaced = kept.answer().replace(b'{"holder":', b'{"holder": ')

    assert failed(kept.examined(spaced)) == {"DATA"}


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        pytest.param(ERRORS, b"[]", {"ERRORS"}, id="other errors"),
        pytest.param(b'"errors":' + ERRORS + b",", b"", {"ERRORS"}, id="no errors"),
        pytest.param(b'"data":' + DATA + b",", b"", {"DATA"}, id="no data"),
    ],
)
def test_other_parts_of_the_answer_are_named(
    kept: Kept, old: bytes, new: bytes, parts: set[str]
) -> None:
    content = kept.answer()
    assert old in content

    assert failed(kept.examined(content.replace(old, new))) == parts


def test_another_question_or_caller_is_named(kept: Kept) -> None:
    content = kept.answer()

    assert failed(kept.examined(content, document=TEXT + "\n")) == {"DOCUMENT"}
    assert failed(kept.examined(content, variables={})) == {"VARIABLES"}
    assert failed(kept.examined(content, caller="hr-jingan")) == {"CALLER"}


@pytest.mark.parametrize("salt", ["", "A", "AAAA", "=", "盐", "B" * 22])
def test_another_salt_opens_nothing(kept: Kept, salt: str) -> None:
    content = kept.answer().replace(base64url.encode(SALT), salt.encode())

    assert failed(kept.examined(content)) == {
        "DATA",
        "ERRORS",
        "VARIABLES",
    }


def test_a_receipt_alone_is_checked_for_what_it_says(kept: Kept) -> None:
    receipt = orjson.loads(kept.answer())["extensions"]["receipt"]
    receipt.pop("salt")

    found = receipt_in(orjson.dumps(receipt))
    assert found is not None
    examination = examine_receipt(
        found, kept.trust, Beside(), at=ASKED.at, max_age=None
    )

    assert examination.is_believed
    assert {str(row.check): row.option for row in examination.not_checked} == {
        "FRESHNESS": "--max-age-seconds",
        "DATA": "the whole answer",
        "ERRORS": "the whole answer",
        "DOCUMENT": "--document",
        "VARIABLES": "--variables",
        "CALLER": "--caller",
        "CHECKPOINT": "",
    }


def test_a_receipt_of_another_gateway_is_not_read(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "other.pem"
    path.write_bytes(private(Ed25519PrivateKey.generate()))
    others = kept.write("others.json", read_receipt_keys(path).key_set())

    examination = kept.examined(kept.answer(), trust=others)

    assert failed(examination) == {"KEY"}
    assert {
        row.outcome for row in examination.rows if str(row.check) in OF_THE_PARTS
    } == {NOT_RUN}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_receipt_that_was_changed_anywhere_is_not_read(
    kept: Kept, place: int
) -> None:
    answer = orjson.loads(kept.answer())
    parts = answer["extensions"]["receipt"]["jws"].split(".")
    middle = len(parts[place]) // 2
    other = "A" if parts[place][middle] != "A" else "B"
    parts[place] = parts[place][:middle] + other + parts[place][middle + 1 :]
    answer["extensions"]["receipt"]["jws"] = ".".join(parts)

    examination = kept.examined(orjson.dumps(answer))

    assert not examination.is_believed
    assert not OF_THE_PARTS & {
        str(row.check) for row in examination.rows if row.outcome is not NOT_RUN
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"data":{}}',
        b'{"extensions":{"receipt":{}}}',
        b'{"extensions":{"receipt":{"jws":1}}}',
        b'{"jws":"a","jws":"b"}',
        b"eyJ.e.e",
    ],
)
def test_what_has_no_receipt_is_something_else(content: bytes) -> None:
    assert receipt_in(content) is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("keys.json", b"{}", "no list of .*published at /receipts/keys"),
        ("variables.json", b"[]", "variables are a JSON object"),
        ("variables.json", b"{", "variables.json: "),
        ("asked.graphql", b"\xff", "a document is UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    kept: Kept, name: str, content: bytes, said: str
) -> None:
    beside = Beside(
        document=kept.write("asked.graphql", b"{}"),
        variables=kept.write("variables.json", b"{}"),
    )
    trust = kept.trust
    kept.write(name, content)

    with pytest.raises(StartError, match=said):
        examine_receipt(
            Receipted("a.b.c", None, None, None),
            trust,
            beside,
            at=ASKED.at,
            max_age=None,
        )


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"none\.json: No such file"):
        read(tmp_path / "none.json")


def test_the_command_prints_every_check_and_what_it_leaves_open(kept: Kept) -> None:
    answer = kept.write("answer.json", kept.answer())
    variables = kept.write("variables.json", orjson.dumps(VARIABLES))
    files = (str(answer), "--trust", str(kept.trust), "--variables", str(variables))

    done = CliRunner().invoke(app, ["verify", *files, "--caller", "somebody"])

    assert done.exit_code == 1
    assert "hr-huangpu asked, not" in done.output
    assert done.output.count("FAILED") == 1
    last = done.output.splitlines()[-1]
    assert last.startswith("REFUSED as of")


def test_the_command_says_what_was_not_compared(kept: Kept) -> None:
    answer = kept.write("answer.json", kept.answer())

    done = CliRunner().invoke(app, ["verify", str(answer), "--trust", str(kept.trust)])

    assert done.exit_code == 0
    assert "document (give --document); variables (give --variables)" in done.output


def signed_by_sm2(folder: Path, key: Sm2PrivateKey, signer: Sm2PrivateKey) -> Kept:
    """Return a receipt that ``signer`` signed, and ``key`` is published for."""
    half = public_half_of(key.public_key())
    assert half is not None
    signing = SigningKey(half.kid, Algorithm.SM2, signer)
    return Kept(
        folder, ReceiptKeys(KeySigner(signing, PayloadType.RECEIPT), [half.jwk])
    )


def test_a_receipt_by_sm2_passes_and_one_under_another_signer_id_says_so(
    tmp_path: Path,
) -> None:
    key = Sm2PrivateKey.generate()
    kept = signed_by_sm2(tmp_path, key, key)
    assert kept.examined(kept.answer()).is_believed
    assert failed(kept.examined(kept.answer(b'{"holder":null}'))) == {"DATA"}

    other = key.used_as(key.public.used_as("ALICE123@YAHOO.COM", SignatureForm.RAW))
    kept = signed_by_sm2(tmp_path, key, other)
    examination = kept.examined(kept.answer())
    [signature] = [row for row in examination.rows if row.outcome is FAILED]
    assert "BAD_SIGNATURE" in signature.reason
    assert "it may be the signer id" in signature.reason

    stranger = signed_by_sm2(tmp_path, key, Sm2PrivateKey.generate())
    assert not stranger.examined(stranger.answer()).is_believed


def test_an_altered_signature_by_sm2_is_refused(tmp_path: Path) -> None:
    key = Sm2PrivateKey.generate()
    kept = signed_by_sm2(tmp_path, key, key)
    answer = orjson.loads(kept.answer())
    jws = answer["extensions"]["receipt"]["jws"]
    head, payload, signature = jws.encode().split(b".")
    raw = base64url.decode(signature, "signature")
    r, s = raw[:32], int.from_bytes(raw[32:])
    # (r, n - s), which is another signature in ECDSA; zeros; DER; the halves swapped.
    for forged in (
        r + (curve.N - s).to_bytes(32),
        bytes(64),
        encode_dss_signature(int.from_bytes(r), s),
        raw[32:] + r,
        raw + b"\0",
    ):
        answer["extensions"]["receipt"]["jws"] = b".".join(
            (head, payload, base64url.encode(forged))
        ).decode()
        examination = kept.examined(orjson.dumps(answer))
        assert not examination.is_believed


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"y": "AAAA"}, "y of a JWK of SM2 is 32 bytes"),
        ({"y": base64url.encode(bytes(32)).decode()}, "no point of the curve"),
        ({"d": "AAAA"}, "revoke that key"),
        ({"alg": "ES256"}, "by the algorithm SM2"),
    ],
)
def test_a_key_of_sm2_that_cannot_be_used_is_refused(
    tmp_path: Path, change: dict[str, str], why: str
) -> None:
    key = Sm2PrivateKey.generate()
    kept = signed_by_sm2(tmp_path, key, key)
    [jwk] = kept.keys.published
    keys = kept.write("bad.json", orjson.dumps({"keys": [{**jwk, **change}]}))

    with pytest.raises(StartError, match=why):
        kept.examined(kept.answer(), trust=keys)


def test_a_key_of_a_kind_that_signs_no_receipt_is_named(kept: Kept) -> None:
    jwk = RSAKey.generate_key(2048).as_dict(private=False)
    other = {**jwk, "kid": "r-1", "use": "sig", "alg": "RS256"}
    keys = kept.write("rsa.json", orjson.dumps({"keys": [other]}))

    with pytest.raises(StartError, match="'r-1' is none that signs receipts"):
        kept.examined(kept.answer(), trust=keys)


def test_keys_of_all_kinds_stand_beside_each_other(kept: Kept) -> None:
    half = public_half_of(Sm2PrivateKey.generate().public_key())
    assert half is not None
    both = [half.jwk, *kept.keys.published]
    keys = kept.write("all.json", orjson.dumps({"keys": both}))

    assert kept.examined(kept.answer(), trust=keys).is_believed
    twice = kept.write("twice.json", orjson.dumps({"keys": [half.jwk, half.jwk]}))
    with pytest.raises(StartError, match="/receipts/keys"):
        kept.examined(kept.answer(), trust=twice)
