"""Who prefers a receipt gets one with the answer, over sockets, and others check it."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from gateway.documents.trusted import BUILT_IN
from signing import base64url
from signing.canonical import canonical
from signing.transparency.checkpoints import Checkpoint, read_checkpoint
from tests.architecture.documents import ROOT
from tests.federation.queries import HOLDER_CHECK, SOURCES
from tests.gateway.graphql_http.wire import PING, Answer, ask
from tests.gateway.receipts.conftest import ISSUER
from tests.gateway.receipts.signing import parts_of
from tests.personal_data import identity_numbers
from tests.running import TOKEN, Agencies, Gateway, eventually

pytestmark = pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")

# The profile has the signing time in the header, as agencies do.
REGISTRY = JWSRegistry(algorithms=["EdDSA"], strict_check_header=False)
ANNEX = ROOT / "policy" / "annex"
ELEMENTS = {
    "x_purpose": "COMPLAINT",
    "x_case_number": "12345-7",
    "x_organisation": "HR-Huangpu",
    "x_officer": "07",
    "x_matter_code": "M-1",
}


class Body(msgspec.Struct):
    """An answer, with its parts exactly as they came."""

    data: msgspec.Raw
    errors: msgspec.Raw = msgspec.Raw()


def exactly(answer: Answer) -> bytes:
    return bytes(msgspec.json.decode(answer.body, type=Body).data)


def receipt_of(answer: Answer) -> tuple[Any, Any, bytes]:
    """Return the header, the claims and the salt."""
    receipt = answer.json["extensions"]["receipt"]
    assert receipt.keys() == {"jws", "salt"}
    salt = base64url.decode(receipt["salt"].encode(), "salt")
    return *parts_of(receipt["jws"]), salt


def committed(salt: bytes, shown: bytes) -> str:
    return hashlib.sha256(salt + shown).hexdigest()


def question(document: str, **variables: object) -> bytes:
    return orjson.dumps({"query": document, "variables": variables})


def look_up(gateway: Gateway, number: str, document: str = SOURCES) -> Answer:
    body = question(document, idNumber=number)
    return ask(gateway, body, prefer="receipt", x_request_id="r-7", **ELEMENTS)


@pytest.fixture(name="number")
def _number(agencies: Agencies) -> str:
    return str(agencies.people[0]["idNumber"])


def test_a_library_of_others_verifies_a_receipt_by_the_published_keys(
    gateway: Gateway, number: str
) -> None:
    answer = look_up(gateway, number)
    status, text = gateway.get("/receipts/keys")
    keys = KeySet.import_key_set(orjson.loads(text))

    token = jwt.decode(
        answer.json["extensions"]["receipt"]["jws"], keys, registry=REGISTRY
    )

    assert (status, len(keys.keys)) == (200, 2)
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": token.claims["aud"]},
    )
    registry.validate(token.claims)
    assert token.header["typ"] == "certificate-receipt+jwt"
    assert token.header["kid"] == keys.keys[0].thumbprint()
    assert abs(token.header["iat"] - datetime.now(UTC).timestamp()) < 60


def test_a_receipt_says_all_of_a_question_about_a_person(
    gateway: Gateway, number: str
) -> None:
    answer = look_up(gateway, number)

    _, said, salt = receipt_of(answer)
    assert answer.headers["preference-applied"] == "receipt"
    assert said["data"] == committed(salt, exactly(answer))
    assert said["variables"] == committed(salt, canonical({"idNumber": number}))
    assert (said["iss"], said["requestId"]) == (ISSUER, "r-7")
    assert (said["purpose"], said["caseNumber"]) == ("COMPLAINT", "12345-7")
    elements = dict(said["elements"])
    # As on the audit log: whoever may read that finds the officer's records by it.
    assert len(elements.pop("officer")) == 64
    # What a request does not state is the caller's own.
    assert elements == {
        "organisation": "HR-Huangpu",
        "matterCode": "M-1",
        "matterName": "职业技能提升补贴申领",
        "businessNumber": "demo",
    }
    told = answer.json["data"]["holder"]["sources"]
    assert said["sources"] == [
        {"agency": row["agency"], "outcomes": {row["outcome"]: 1}, "sequence": None}
        for row in told
    ]
    came = datetime.fromisoformat(said["at"])
    assert timedelta() <= datetime.now(UTC) - came < timedelta(minutes=1)


def test_a_receipt_tells_how_long_the_log_is_and_is_in_it_soon(
    gateway: Gateway, number: str
) -> None:
    found: dict[str, Any] = {}

    def is_told() -> bool:
        _, said, _ = receipt_of(look_up(gateway, number))
        found.update(said["log"])
        return found["checkpoint"] is not None

    eventually(is_told)
    told, before = found["checkpoint"], found["checkpoint"]["size"]
    checkpoint = published(gateway)
    assert found["witnesses"] == "NOT_CONFIGURED"
    assert told["origin"] == checkpoint.origin
    assert 0 < told["size"] <= checkpoint.size
    # The look-up itself is on the audit log, and so in the next checkpoint.
    eventually(lambda: published(gateway).size > before)


def published(gateway: Gateway) -> Checkpoint:
    _, raw, _ = gateway.fetch("/transparency/checkpoint", TOKEN)
    return read_checkpoint(raw)[0]


def test_the_policy_is_named_by_the_digests_that_policy_shows(gateway: Gateway) -> None:
    _, said, _ = receipt_of(ask(gateway, PING, prefer="receipt"))

    digests = {
        name: hashlib.sha256((ANNEX / f"{name}.toml").read_bytes()).hexdigest()
        for name in ("clauses", "catalogue")
    }
    assert said["policy"]["parameters"] == digests["clauses"]
    assert said["policy"]["catalogue"] == digests["catalogue"]


def test_nothing_of_the_person_stands_in_a_receipt(
    gateway: Gateway, agencies: Agencies
) -> None:
    for person in agencies.people[:5]:
        _, said, _ = receipt_of(look_up(gateway, person["idNumber"], HOLDER_CHECK))

        written = orjson.dumps(said).decode()
        assert [*identity_numbers(written)] == []
        assert person["name"] not in written
        assert person["idNumber"] not in written


def test_a_person_in_a_document_that_is_not_trusted_is_committed_to_only(
    gateway: Gateway, number: str
) -> None:
    document = f'{{ holder(idNumber: "{number}") {{ sources {{ agency }} }} }}'
    body = orjson.dumps({"query": document})

    _, said, salt = receipt_of(ask(gateway, body, prefer="receipt", **ELEMENTS))

    assert said["document"] is None
    assert said["documentCommitment"] == committed(salt, document.encode())


def test_a_trusted_document_is_named_as_operators_name_it(
    gateway: Gateway, number: str
) -> None:
    digest, text = next(iter(orjson.loads(BUILT_IN.read_bytes()).items()))
    body = question(text, idNumber=number)

    _, said, _ = receipt_of(ask(gateway, body, prefer="receipt", **ELEMENTS))

    assert (said["document"], said["documentCommitment"]) == (digest, None)
    assert said["operation"] == "HolderCheck"


def test_two_receipts_of_one_question_have_nothing_in_common_to_compare(
    gateway: Gateway,
) -> None:
    (_, one, salt), (_, other, other_salt) = (
        receipt_of(ask(gateway, PING, prefer="receipt")) for _ in range(2)
    )

    assert salt != other_salt
    assert not {one["data"], one["variables"]} & {other["data"], other["variables"]}


def test_errors_beside_the_data_are_covered_too(gateway: Gateway, number: str) -> None:
    # No purpose is stated that could be used: an answer, with an error in it.
    stated = {**ELEMENTS, "x_purpose": "CURIOSITY"}

    answer = ask(
        gateway, question(SOURCES, idNumber=number), prefer="receipt", **stated
    )

    _, said, salt = receipt_of(answer)
    body = msgspec.json.decode(answer.body, type=Body)
    assert answer.code == "PURPOSE_REQUIRED"
    assert said["errors"] == committed(salt, bytes(body.errors))
    assert said["data"] == committed(salt, bytes(body.data))
    assert (said["purpose"], said["sources"]) == (None, [])


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no header"),
        pytest.param({"prefer": "return=minimal"}, id="another preference"),
        pytest.param({"prefer": "receipt=yes"}, id="a value that has no meaning"),
        pytest.param({"prefer": '"receipt'}, id="malformed"),
    ],
)
def test_who_does_not_prefer_one_gets_none(
    gateway: Gateway, headers: dict[str, str]
) -> None:
    answer = ask(gateway, PING, **headers)

    assert answer.json.keys() == {"data"}
    assert "preference-applied" not in answer.headers


def test_several_lines_of_the_header_are_one_list(gateway: Gateway) -> None:
    answer = ask(gateway, PING, prefer="wait=1, RECEIPT ; a=b, respond-async")

    assert answer.headers["preference-applied"] == "receipt"


def test_a_question_by_address_has_a_receipt_too(gateway: Gateway) -> None:
    path = "/graphql?query=%7Bpolicy%7Bnotice%7D%7D"

    answer = ask(gateway, None, method="GET", path=path, prefer="receipt")

    _, said, salt = receipt_of(answer)
    assert said["data"] == committed(salt, exactly(answer))
    assert said["variables"] == committed(salt, b"{}")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(b'{"query": "{ nothing }"}', {}, id="refused by GraphQL"),
        pytest.param(b"[]", {}, id="refused by HTTP"),
        pytest.param(PING, {"token": "unknown"}, id="nobody known"),
        pytest.param(PING, {"accept": "text/html"}, id="no media type"),
    ],
)
def test_what_is_refused_has_no_receipt(
    gateway: Gateway, body: bytes, headers: dict[str, str]
) -> None:
    answer = ask(gateway, body, prefer="receipt", **headers)

    assert answer.json.keys() == {"errors"}
    assert "preference-applied" not in answer.headers


def test_an_answer_as_an_event_has_no_receipt(gateway: Gateway) -> None:
    answer = ask(gateway, PING, accept="text/event-stream", prefer="receipt")

    assert answer.body.startswith(b'event: next\ndata: {"data":')
    assert b"receipt" not in answer.body
    assert "preference-applied" not in answer.headers


def test_everybody_gets_one_where_the_operator_says_so(for_everybody: Gateway) -> None:
    unasked, asked = ask(for_everybody), ask(for_everybody, prefer="receipt")

    _, said, salt = receipt_of(unasked)
    assert said["data"] == committed(salt, exactly(unasked))
    assert "preference-applied" not in unasked.headers
    assert asked.headers["preference-applied"] == "receipt"


def test_receipts_are_counted(gateway: Gateway) -> None:
    ask(gateway, prefer="receipt")

    _, text = gateway.get("/metrics")

    assert 'gateway_receipts_total{result="signed"}' in text
    assert 'result="failed"' not in text
