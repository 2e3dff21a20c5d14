"""An answer never waits for a receipt that cannot be made, nor fails for it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from graphql import ExecutionResult, GraphQLError

from bureau.caller import Caller
from bureau.receipts.logged import NO_LOG
from bureau.receipts.receipt import Receipts
from gateway.clock import utc_now
from gateway.errors import StartError
from gateway.graphql_http.answers import executed
from gateway.graphql_http.media_types import MediaType
from gateway.receipts.attesting import Attesting
from gateway.receipts.keys import NO_KEYS, ReceiptKeys, read_receipt_keys
from gateway.receipts.wiring import open_attesting, receipt_keys
from gateway.settings.receipts import Receipts as Wanted
from gateway.settings.settings import Settings
from policy.parameters import load_parameters
from resolvers.context import RequestContext
from resolvers.documents.documents import Prepared, Question
from signing import base64url
from signing.signer import Signer, SignerError
from signing.transparency.entries import commitment
from tests.gateway.receipts.signing import parts_of, private
from tests.gateway.test_trusted_documents import SETTINGS
from tests.resolvers.test_store_away import context as context_of

QUESTION = Question(query="{ a }")
PREPARED = cast("Prepared", SimpleNamespace(text="{ a }", trusted_as=None))


class Sick:
    """A signer that signs while it is well."""

    def __init__(self) -> None:
        self.is_well = False

    def sign(self, payload: bytes, signed_at: datetime) -> bytes:  # noqa: ARG002
        if not self.is_well:
            raise SignerError("the device is gone")
        return b"a.b.c"


class Counted:
    """Counts receipts as metrics do."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def receipt_signed(self) -> None:
        self.found.append("signed")

    def receipt_failed(self) -> None:
        self.found.append("failed")


def attesting(
    signer: Signer | None,
    wanted: Wanted = Wanted.ASKED,
    published: Sequence[Any] = (),
) -> tuple[Attesting, Counted]:
    observer = Counted()
    made = Attesting(
        ReceiptKeys(signer, published),
        wanted,
        Receipts("g", NO_LOG),
        parameters=load_parameters(),
        catalogue="c" * 64,
        clock=utc_now,
        observer=observer,
    )
    return made, observer


@pytest.fixture(name="context")
async def _context() -> RequestContext:
    return context_of()


async def answered(
    made: Attesting, context: RequestContext, prefer: str = "receipt"
) -> tuple[Any, dict[bytes, bytes]]:
    """Return an answer's body and headers."""
    attest = made.attest(prefer, context, PREPARED, QUESTION)
    answer = await executed(ExecutionResult({"a": 1}), MediaType.JSON, None, attest)
    return orjson.loads(answer._body), dict(answer._headers)


async def test_an_answer_that_cannot_be_signed_goes_out_as_it_is(
    context: RequestContext,
) -> None:
    signer = Sick()
    made, observer = attesting(signer)

    body, headers = await answered(made, context)

    assert (body, observer.found) == ({"data": {"a": 1}}, ["failed"])
    assert b"preference-applied" not in headers
    signer.is_well = True
    body, headers = await answered(made, context)
    assert body["extensions"]["receipt"]["jws"] == "a.b.c"
    assert headers[b"preference-applied"] == b"receipt"
    assert observer.found == ["failed", "signed"]


async def test_answers_that_are_ready_together_are_signed_together(
    context: RequestContext,
) -> None:
    steps: list[str] = []

    class Noted(Sick):
        def sign(self, payload: bytes, signed_at: datetime) -> bytes:
            steps.append("signed")
            return super().sign(payload, signed_at)

    signer = Noted()
    signer.is_well = True
    made, _ = attesting(signer)

    async def ask() -> Any:
        steps.append("executed")
        body, _ = await answered(made, context)
        steps.append("sent")
        return body["extensions"]["receipt"]["salt"]

    salts = await asyncio.gather(ask(), ask(), ask())

    assert steps == ["executed"] * 3 + ["signed"] * 3 + ["sent"] * 3
    assert len(set(salts)) == 3


async def test_where_one_cannot_be_signed_those_beside_it_are(
    context: RequestContext,
) -> None:
    signer = Sick()
    signer.is_well = True
    made, observer = attesting(signer)
    other = context_of()
    other.caller = Caller("half \ud800", frozenset())

    (one, _), (two, _), (three, _) = await asyncio.gather(
        *(answered(made, asking) for asking in (context, other, context))
    )

    assert "extensions" in one
    assert two == {"data": {"a": 1}}
    assert "extensions" in three
    assert observer.found == ["signed", "failed", "signed"]


async def test_errors_stand_beside_the_receipt_that_covers_them(
    context: RequestContext, tmp_path: Path
) -> None:
    made, _ = attesting(signer_in(tmp_path))
    attest = made.attest("receipt", context, PREPARED, QUESTION)
    wrong = GraphQLError('a "quoted" word', path=["a"], extensions={"code": "X"})

    answer = await executed(
        ExecutionResult({"a": None}, [wrong]), MediaType.JSON, None, attest
    )

    body = orjson.loads(answer._body)
    assert list(body) == ["errors", "data", "extensions"]
    receipt = body["extensions"]["receipt"]
    _, said = parts_of(receipt["jws"])
    salt = base64url.decode(receipt["salt"].encode(), "salt")
    for part in ("data", "errors"):
        assert said[part] == commitment(salt, orjson.dumps(body[part])).hex()


async def test_where_everybody_is_to_have_one_it_is_answered_all_the_same(
    context: RequestContext,
) -> None:
    made, observer = attesting(Sick(), Wanted.ALWAYS)

    body, _ = await answered(made, context, prefer="")

    assert (body, observer.found) == ({"data": {"a": 1}}, ["failed"])


async def test_a_text_that_cannot_be_written_is_no_reason_not_to_answer() -> None:
    signer = Sick()
    signer.is_well = True
    made, observer = attesting(signer)
    context = context_of()
    context.caller = Caller("half \ud800", frozenset())

    body, _ = await answered(made, context)

    assert (body, observer.found) == ({"data": {"a": 1}}, ["failed"])


@pytest.mark.parametrize(
    ("wanted", "prefer", "has_one"),
    [
        pytest.param(Wanted.ASKED, "receipt", True, id="asked"),
        pytest.param(Wanted.ASKED, "", False, id="not asked"),
        pytest.param(Wanted.ALWAYS, "receipt", True, id="always, asked"),
        pytest.param(Wanted.ALWAYS, "", True, id="always"),
        pytest.param(Wanted.OFF, "receipt", False, id="off"),
    ],
)
async def test_who_gets_one(
    context: RequestContext, wanted: Wanted, prefer: str, has_one: bool
) -> None:
    signer = Sick()
    signer.is_well = True
    made, observer = attesting(signer, wanted)

    body, headers = await answered(made, context, prefer)

    assert ("extensions" in body) is has_one
    assert len(observer.found) == has_one
    assert (b"preference-applied" in headers) is (has_one and prefer != "")


@pytest.mark.parametrize("wanted", Wanted)
async def test_without_a_key_nobody_gets_one(
    context: RequestContext, wanted: Wanted
) -> None:
    made, observer = attesting(None, wanted)

    body, _ = await answered(made, context)

    assert (body, observer.found) == ({"data": {"a": 1}}, [])


async def test_the_rules_are_those_of_the_day_of_the_question(
    context: RequestContext, tmp_path: Path
) -> None:
    made, _ = attesting(signer_in(tmp_path))

    found, _ = await answered(made, context)

    _, said = parts_of(found["extensions"]["receipt"]["jws"])
    parameters = load_parameters()
    assert said["policy"] == {
        "version": parameters.version(context.today).isoformat(),
        "parameters": parameters.digest,
        "catalogue": "c" * 64,
    }


def signer_in(folder: Path) -> Signer:
    path = folder / "receipt-key.pem"
    path.write_bytes(private(Ed25519PrivateKey.generate()))
    signer = read_receipt_keys(path).signer
    assert signer is not None
    return signer


def options(**changes: object) -> Settings:
    return msgspec.structs.replace(SETTINGS, **changes)


def test_to_sign_for_everybody_without_a_key_refuses_the_start() -> None:
    with pytest.raises(StartError, match=r'receipts = "always" needs .*openssl'):
        receipt_keys(options(receipts=Wanted.ALWAYS))


@pytest.mark.parametrize("wanted", [Wanted.ASKED, Wanted.OFF])
def test_without_a_key_others_start(wanted: Wanted) -> None:
    assert receipt_keys(options(receipts=wanted)) is NO_KEYS


def test_the_keys_stay_published_where_nobody_gets_one(tmp_path: Path) -> None:
    signer_in(tmp_path)
    file = str(tmp_path / "receipt-key.pem")

    made = open_attesting(
        options(receipts=Wanted.OFF, receipt_key_file=file), utc_now, Counted()
    )

    assert len(made.keys.published) == 1
