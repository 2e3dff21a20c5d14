"""Who may send: every part of the signature, and of the request, counts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPSignatureAlgorithm,
    MappingKeyResolver,
)
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519

from gateway.collection.refusal import TAG, IntakeError, Problem
from gateway.collection.signature import Message, verify_request
from signing.algorithms import Algorithm
from signing.sm2.sign import Sm2PrivateKey
from signing.trust import KeyState, TrustBundle
from tests.gateway.collection.senders import (
    NOW,
    PRIVATE,
    URL,
    bundle,
    changed,
    key,
    message,
    without,
)

SECOND = int(NOW.timestamp())


def refusal(sent: Message, known: TrustBundle | None = None) -> Problem:
    with pytest.raises(IntakeError) as refused:
        verify_request(sent, known or bundle(), NOW)
    return refused.value.problem


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_request_is_its_signers_by_every_kind_of_key(algorithm: Algorithm) -> None:
    signed = verify_request(message(algorithm), bundle(), NOW)

    assert (signed.key.kid, signed.nonce) == (key(algorithm).kid, "n-1")


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_signature_over_another_body_does_not_fit(algorithm: Algorithm) -> None:
    sent, other = message(algorithm), message(algorithm, body=b"other")

    assert refusal(replace(sent, fields=[*_but_signature(sent), _of(other)])) is (
        Problem.BAD_SIGNATURE
    )


def _but_signature(sent: Message) -> list[tuple[str, str]]:
    return [pair for pair in sent.fields if pair[0] != "Signature"]


def _of(sent: Message) -> tuple[str, str]:
    return next(pair for pair in sent.fields if pair[0] == "Signature")


def test_a_question_without_a_body_needs_no_digest() -> None:
    assert verify_request(message(body=None), bundle(), NOW).nonce == "n-1"


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        pytest.param(
            replace(message(), method="PUT"), Problem.BAD_SIGNATURE, id="the method"
        ),
        pytest.param(
            replace(message(), url=f"{URL}/states"),
            Problem.BAD_SIGNATURE,
            id="the path",
        ),
        pytest.param(
            replace(message(), url=URL.replace("gateway", "other")),
            Problem.BAD_SIGNATURE,
            id="the host",
        ),
        pytest.param(
            replace(message(), url=f"{URL}?all"), Problem.BAD_SIGNATURE, id="a query"
        ),
        pytest.param(
            changed(message(), "content-digest", "=:", "=:AAAA"),
            Problem.BAD_SIGNATURE,
            id="the digest",
        ),
        pytest.param(
            changed(message(), "content-encoding", "gzip", "zstd"),
            Problem.BAD_SIGNATURE,
            id="the encoding",
        ),
        pytest.param(
            changed(message(), "content-length", "5", "6"),
            Problem.BAD_SIGNATURE,
            id="the length",
        ),
        pytest.param(
            changed(message(), "signature-input", '"n-1"', '"n-2"'),
            Problem.BAD_SIGNATURE,
            id="the nonce",
        ),
        pytest.param(
            changed(message(), "signature-input", f'"{TAG}"', '"other"'),
            Problem.NO_SIGNATURE,
            id="the tag",
        ),
        pytest.param(
            changed(message(), "signature-input", '"key-eddsa"', '"key-es256"'),
            Problem.BAD_SIGNATURE,
            id="the key's id, of a key there is",
        ),
        pytest.param(
            changed(message(), "signature-input", '"key-eddsa"', '"nobody"'),
            Problem.UNKNOWN_KEY,
            id="the key's id",
        ),
        pytest.param(
            changed(message(), "signature-input", ";created", ";craeted"),
            Problem.MALFORMED_SIGNATURE,
            id="no moment",
        ),
        pytest.param(
            changed(message(), "signature-input", f"created={SECOND}", "created=1.5"),
            Problem.MALFORMED_SIGNATURE,
            id="a moment that is no whole second",
        ),
        pytest.param(
            changed(message(), "signature-input", ';nonce="n-1"', ""),
            Problem.MALFORMED_SIGNATURE,
            id="no nonce",
        ),
        pytest.param(
            changed(message(), "signature-input", ';nonce="n-1"', ';nonce=""'),
            Problem.MALFORMED_SIGNATURE,
            id="an empty nonce",
        ),
        pytest.param(
            changed(message(), "signature-input", "sig=(", "sig=x("),
            Problem.MALFORMED_SIGNATURE,
            id="no structured field",
        ),
        pytest.param(
            changed(message(), "signature-input", '"@method"', '"@status"'),
            Problem.MALFORMED_SIGNATURE,
            id="a component that requests do not have",
        ),
        pytest.param(
            changed(message(), "signature", "sig=:", "sig=:AAAA"),
            Problem.BAD_SIGNATURE,
            id="the signature",
        ),
        pytest.param(
            changed(message(), "signature", "sig=", "other="),
            Problem.MALFORMED_SIGNATURE,
            id="two labels",
        ),
        pytest.param(
            without(message(), "signature"), Problem.NO_SIGNATURE, id="no signature"
        ),
        pytest.param(
            without(message(), "signature-input"), Problem.NO_SIGNATURE, id="no input"
        ),
        pytest.param(
            without(message(), "content-digest"),
            Problem.MALFORMED_SIGNATURE,
            id="what is covered is not there",
        ),
        pytest.param(
            changed(
                message(), "signature-input", ";created", ';alg="hmac-sha256";created'
            ),
            Problem.WRONG_ALGORITHM,
            id="another algorithm",
        ),
    ],
)
def test_whatever_is_changed_is_noticed(sent: Message, problem: Problem) -> None:
    assert refusal(sent) is problem


@pytest.mark.parametrize(
    ("seconds", "is_taken"),
    [
        pytest.param(-300, True, id="the oldest"),
        pytest.param(-301, False, id="too old"),
        pytest.param(300, True, id="the newest"),
        pytest.param(301, False, id="from the future"),
    ],
)
def test_a_signature_is_good_for_five_minutes(seconds: int, is_taken: bool) -> None:
    sent = message(at=NOW + timedelta(seconds=seconds))

    if is_taken:
        assert verify_request(sent, bundle(), NOW).nonce == "n-1"
    else:
        assert refusal(sent) is Problem.OUTSIDE_WINDOW


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(bundle(KeyState.RETIRED), id="retired"),
        pytest.param(bundle(KeyState.SUSPENDED), id="suspended"),
        pytest.param(bundle(KeyState.COMPROMISED, NOW), id="compromised since now"),
        pytest.param(bundle(ends=timedelta(seconds=-1)), id="past its window"),
    ],
)
def test_a_key_that_is_not_in_force_lets_nobody_in(known: TrustBundle) -> None:
    assert refusal(message(), known) is Problem.KEY_NOT_IN_FORCE


def test_a_key_of_another_institution_is_told_apart() -> None:
    signed = verify_request(message(), bundle(), NOW)

    signed.require_institution("fire-rescue")
    with pytest.raises(IntakeError) as refused:
        signed.require_institution("transport")

    assert refused.value.problem is Problem.FOREIGN_KEY


class _Sent:
    """A request as another implementation's signer changes it."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.method = "POST"
        self.url = url
        self.headers = headers


@pytest.mark.parametrize(
    ("algorithm", "by"),
    [
        pytest.param(Algorithm.ED25519, ED25519, id="ed25519"),
        pytest.param(Algorithm.ES256, ECDSA_P256_SHA256, id="ecdsa-p256-sha256"),
    ],
)
def test_what_the_library_signs_by_itself_is_taken(
    algorithm: Algorithm, by: type[HTTPSignatureAlgorithm]
) -> None:
    assert refusal_of_covered(algorithm, by, CORE) is None


CORE = ("@method", "@authority", "@path", "content-digest", "content-length")


@pytest.mark.parametrize("left_out", CORE)
def test_whatever_is_not_covered_is_missed(left_out: str) -> None:
    covered = tuple(component for component in CORE if component != left_out)

    assert refusal_of_covered(Algorithm.ED25519, ED25519, covered) is (
        Problem.NOT_COVERED
    )


def test_a_part_of_the_digest_does_not_stand_for_it() -> None:
    covered = tuple(
        '"content-digest";key="sha-256"' if c == "content-digest" else c for c in CORE
    )

    assert refusal_of_covered(Algorithm.ED25519, ED25519, covered) is (
        Problem.NOT_COVERED
    )


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        pytest.param((), Problem.NOT_COVERED, id="left out"),
        pytest.param(("@query",), None, id="by itself"),
        pytest.param(("@target-uri",), None, id="with the address"),
    ],
)
def test_what_is_asked_for_in_the_address_is_covered(
    more: tuple[str, ...], problem: Problem | None
) -> None:
    url = f"{URL}?digests=records"

    found = refusal_of_covered(Algorithm.ED25519, ED25519, (*CORE, *more), url)

    assert found is problem


def refusal_of_covered(
    algorithm: Algorithm,
    by: type[HTTPSignatureAlgorithm],
    covered: tuple[str, ...],
    url: str = URL,
) -> Problem | None:
    """Sign with nothing of ours, and return why it is not taken."""
    ours = message(algorithm, encoding=None)
    sent = _Sent(url, {n: v for n, v in ours.fields if n.startswith("Content-")})
    kid, private = key(algorithm).kid, PRIVATE[algorithm]
    assert not isinstance(private, Sm2PrivateKey)  # which the library does not know
    signer = HTTPMessageSigner(
        signature_algorithm=by,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={kid: private}),
    )
    signer.sign(
        sent,
        key_id=kid,
        created=NOW,
        nonce="n-1",
        tag=TAG,
        covered_component_ids=covered,
        use_existing_digest=True,
    )
    try:
        verify_request(Message("POST", url, [*sent.headers.items()]), bundle(), NOW)
    except IntakeError as error:
        return error.problem
    return None
