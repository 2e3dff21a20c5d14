"""A certificate's bundle says what it is worth by itself; both programs check that."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.evidence.forged import mutated, row_of, with_row
from tests.gateway.evidence.logs import (
    Log,
    Made,
    bundle,
    bundles,
    collected,
    policy_text,
    rewritten,
)
from tests.gateway.evidence.programs import by_node, by_python

HONEST, FORGED = 40, 150
NOT_HERE = {("COSIGNATURE", "UNSUPPORTED")}
"""What the program in Node cannot check: it has no ML-DSA."""
TRACE = "certificate-gateway-trace@v1"


@pytest.fixture(scope="module", name="policy")
def _policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("policy") / "policy.txt"
    path.write_text(policy_text(), "utf-8")
    return path


@pytest.fixture(scope="module", name="honest")
def _honest() -> list[bytes]:
    return bundles(20260307, HONEST, collected)


def test_both_release_what_is_in_order_and_say_the_same_of_it(
    honest: list[bytes], policy: Path
) -> None:
    checked = set()
    for one, other in zip(honest, by_node(honest, policy), strict=True):
        report = by_python(one, policy_text())
        assert report.is_released, report.found
        assert other.is_released, other.found
        shown = [f for f in other.found if (f.check, f.code) not in NOT_HERE]
        assert [*report.found] == shown
        checked |= {f.check for f in report.found if f.outcome == "SKIPPED"}
    assert "VERDICT" not in checked


@pytest.mark.long
def test_neither_releases_a_bundle_that_somebody_changed(
    honest: list[bytes], policy: Path
) -> None:
    rng = random.Random(5)  # noqa: S311 - an example, no secret
    forged = [mutated(rng.choice(honest), rng) for _ in range(FORGED)]

    others = by_node([one for one, _ in forged], policy)

    for (one, path), other in zip(forged, others, strict=True):
        assert not by_python(one, policy_text()).is_released, path
        assert not other.is_released, path


def _clause(whole: Any) -> None:
    row = row_of(whole, "logged_facts", TRACE)
    with_row(row, lambda fact: fact["body"]["trace"]["clauses"].pop())


def _shown(whole: Any) -> None:
    whole["trace"]["verdict"]["outcome"] = "EVEN_BETTER"


def _no_fact(whole: Any) -> None:
    whole["rows"].remove(row_of(whole, "logged_facts", TRACE))


def _verdict(whole: Any) -> None:
    whole["verdict"] = {"outcome": "ELIGIBLE", "findings": [], "computedYuan": 1}


def _record(whole: Any) -> None:
    whole["records"] = []


def _day(whole: Any) -> None:
    whole["asOf"] = "2031-06-30"


def _another(whole: Any) -> None:
    whole["subject"]["id"] = "id-999"


def _kind(whole: Any) -> None:
    whole["subject"]["kind"] = "PERSON"


CHANGES: dict[str, tuple[Callable[[Any], None], tuple[str, str]]] = {
    "a clause": (_clause, ("INCLUSION", "NOT_COMMITTED")),
    "the trace": (_shown, ("BINDING", "TRACE_DIFFERS")),
    "a trace that is not logged": (_no_fact, ("BINDING", "NOT_ONE")),
    "a verdict beside it": (_verdict, ("BINDING", "FINDINGS_DIFFER")),
    "bytes left out": (_record, ("BINDING", "RECORDS_DIFFER")),
    "another day": (_day, ("BINDING", "TRACE_DIFFERS")),
    "another certificate": (_another, ("BINDING", "NOT_ONE")),
    "of something else": (_kind, ("FORM", "UNKNOWN_FORMAT")),
}


@pytest.mark.parametrize("named", CHANGES)
def test_each_way_to_change_one_is_named_by_both(
    honest: list[bytes], policy: Path, named: str
) -> None:
    change, expected = CHANGES[named]
    whole = json.loads(honest[0])
    change(whole)
    forged = rewritten(whole)

    (other,) = by_node([forged], policy)

    for report in (by_python(forged, policy_text()), other):
        assert not report.is_released
        assert expected in {(check, code) for check, _, code in report.against}


def logged(make: Callable[[Log], Made]) -> bytes:
    """Return a bundle of what is made, in a log of its own."""
    log = Log(random.Random(8))  # noqa: S311 - an example, no secret
    made = make(log)
    log.close()
    return bundle(log, log.shown(), made)


def test_the_verdict_is_of_the_version_that_was_signed_last(policy: Path) -> None:
    newest = logged(lambda log: collected(log, 1, 2))
    older = logged(lambda log: collected(log, 1, 2, judged=0))

    right, wrong = by_node([newest, older], policy)

    assert by_python(newest, policy_text()).is_released
    assert right.is_released
    for report in (by_python(older, policy_text()), wrong):
        assert ("BINDING", "trace", "OTHER_RECORD") in report.against


def test_without_a_trace_what_was_sent_is_proved_alone(policy: Path) -> None:
    def untraced(log: Log) -> Made:
        made = collected(log, 1)
        return Made(made.subject, made.rows[:-1], made.came)

    one = logged(untraced)

    (other,) = by_node([one], policy)

    for report in (by_python(one, policy_text()), other):
        assert report.is_released
        assert ("BINDING", "trace", "SKIPPED", "NO_TRACE") in report.found
