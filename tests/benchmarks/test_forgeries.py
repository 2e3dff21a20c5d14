"""What peers have to see through is forged as it says, and the rest is honest.

The comparison before a measurement is worth nothing if a forged record is refused for
another reason than its own, or if a wrong answer passes.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.answers import (
    Answers,
    require_honest,
    require_right_claims,
    require_same,
)
from benchmarks.claims import compared_claims
from benchmarks.minting import MAX_AGE_SECONDS, Corpus, Forgery, Sizes, mint
from benchmarks.processes import BenchmarkError
from benchmarks.questions import Dialect
from benchmarks.stage import Server
from signing.envelope import Envelope, Freshness, PayloadType, verify
from signing.errors import Refusal, SigningError
from signing.trust import read_trust_bundle

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FRESHNESS = Freshness(timedelta(seconds=MAX_AGE_SECONDS), timedelta(seconds=60))
SIZES = Sizes(holders=1, wide=1, unknown=1, checked=1)
PEER = Server("peer", 0, Dialect.PEER, [])
ROUTER = Server("router", 0, Dialect.FEDERATION, [])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder: Path = tmp_path_factory.mktemp("corpus") / "data"
    return mint(folder, SIZES, TODAY)


def records(corpus: Corpus, index: int) -> list[str]:
    """Return what emergency management answers about a person."""
    lines = corpus.of_agency("emergency-management").read_text("utf-8").splitlines()
    found: list[str] = json.loads(lines[index].partition("\t")[2])["records"]
    return found


def believe(corpus: Corpus, token: str) -> str:
    """Verify a token; return the institution that vouches for it."""
    bundle = read_trust_bundle(corpus.trust_bundle.read_text("utf-8"))
    types = {PayloadType.RECORD}
    envelope = Envelope(token.encode())
    verified = verify(envelope, bundle, types=types, at=NOON, freshness=FRESHNESS)
    return verified.key.institution


def test_an_honest_record_verifies(corpus: Corpus) -> None:
    institutions = {believe(corpus, token) for token in records(corpus, 0)}

    assert institutions == {"shanghai-work-safety-institute"}


def test_a_wide_person_has_a_third_of_two_hundred_at_each_agency(
    corpus: Corpus,
) -> None:
    assert len(records(corpus, SIZES.wide_from)) == 67


@pytest.mark.parametrize(
    ("forgery", "refusal"),
    [
        pytest.param(Forgery.ALTERED, Refusal.BAD_SIGNATURE, id="altered"),
        pytest.param(Forgery.STALE, Refusal.STALE, id="stale"),
        pytest.param(Forgery.FROM_THE_FUTURE, Refusal.SIGNED_IN_FUTURE, id="future"),
        pytest.param(Forgery.UNSIGNED, Refusal.ALGORITHM_NONE, id="unsigned"),
        pytest.param(Forgery.UNKNOWN_KEY, Refusal.UNKNOWN_KEY, id="unknown key"),
        pytest.param(Forgery.ABSENCE, Refusal.WRONG_TYPE, id="absence"),
    ],
)
def test_a_forged_record_is_refused_for_what_is_wrong_with_it(
    corpus: Corpus, forgery: Forgery, refusal: Refusal
) -> None:
    forged = records(corpus, SIZES.forged_from + list(Forgery).index(forgery))[0]

    with pytest.raises(SigningError) as raised:
        believe(corpus, forged)

    assert raised.value.refusal is refusal


def test_a_record_of_a_foreign_key_is_another_institutions(corpus: Corpus) -> None:
    place = list(Forgery).index(Forgery.FOREIGN_KEY)
    forged = records(corpus, SIZES.forged_from + place)[0]

    assert believe(corpus, forged) == "shanghai-transport-qualification-centre"


def test_the_other_record_of_a_forged_person_is_honest(corpus: Corpus) -> None:
    honest = records(corpus, SIZES.forged_from)[1]

    assert believe(corpus, honest) == "shanghai-work-safety-institute"


def holder(*outcomes: str, certificates: int) -> dict[str, Any]:
    """Return an answer with numbered certificates."""
    nodes = [{"number": str(place)} for place in range(certificates)]
    sources = [{"outcome": outcome} for outcome in outcomes]
    return {"certificates": {"nodes": nodes}, "sources": sources}


ALL_ANSWERED = ("ANSWERED", "ANSWERED", "ANSWERED")
ONE_REFUSED = ("UNVERIFIED", "ANSWERED", "ANSWERED")
REFERENCE: Answers = {
    "honest 0": holder(*ALL_ANSWERED, certificates=6),
    "forged: altered": holder(*ONE_REFUSED, certificates=5),
    "unknown": holder("NONE", "NONE", "NONE", certificates=0),
}


def test_answers_as_the_data_was_made_are_honest() -> None:
    require_honest(REFERENCE)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        pytest.param(
            "forged: altered",
            holder(*ALL_ANSWERED, certificates=6),
            id="a forged record believed",
        ),
        pytest.param(
            "forged: altered",
            holder(*ALL_ANSWERED, certificates=5),
            id="a forged record not told of",
        ),
        pytest.param(
            "honest 0", holder(*ALL_ANSWERED, certificates=5), id="a good record lost"
        ),
        pytest.param(
            "unknown",
            holder("NONE", "UNREACHABLE", "NONE", certificates=0),
            id="an agency not reached",
        ),
    ],
)
def test_answers_unlike_the_data_are_not(name: str, answer: dict[str, Any]) -> None:
    with pytest.raises(BenchmarkError, match=name):
        require_honest({**REFERENCE, name: answer})


def test_a_server_that_answers_alike_is_measured() -> None:
    require_same(PEER, REFERENCE, REFERENCE)


def test_a_server_that_answers_otherwise_is_not_measured() -> None:
    answers = {**REFERENCE, "forged: altered": holder(*ALL_ANSWERED, certificates=6)}

    with pytest.raises(BenchmarkError, match=r"nodes: 6 entries, not 5"):
        require_same(PEER, answers, REFERENCE)


def backwards(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with its certificates in the other order."""
    nodes = answer["certificates"]["nodes"][::-1]
    return {**answer, "certificates": {"nodes": nodes}}


def test_the_order_of_certificates_is_part_of_an_answer() -> None:
    answers = {"honest 0": backwards(REFERENCE["honest 0"])}

    with pytest.raises(BenchmarkError, match=r"number: '5', not '0'"):
        require_same(PEER, answers, REFERENCE)


def test_a_router_has_no_order_across_agencies() -> None:
    answers = {"honest 0": backwards(REFERENCE["honest 0"])}

    require_same(ROUTER, answers, REFERENCE)


def checks(corpus: Corpus) -> list[dict[str, Any]]:
    """Return what claims have to come to."""
    return [{"outcome": outcome} for _, outcome in compared_claims(corpus)]


def test_claims_that_come_to_what_they_were_made_for_are_right(corpus: Corpus) -> None:
    require_right_claims({"claims": checks(corpus)}, corpus)


def test_claims_are_right_wrong_missing_and_about_forged_records(
    corpus: Corpus,
) -> None:
    outcomes = {outcome for _, outcome in compared_claims(corpus)}

    assert outcomes == {"MATCH", "MISMATCH", "NOT_FOUND", "UNKNOWN"}


def test_a_claim_about_a_forged_record_is_not_to_match(corpus: Corpus) -> None:
    claims = checks(corpus)
    forged = claims.index({"outcome": "UNKNOWN"})
    claims[forged] = {"outcome": "MATCH"}

    with pytest.raises(BenchmarkError, match="claims"):
        require_right_claims({"claims": claims}, corpus)
