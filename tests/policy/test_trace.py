"""A trace has all that a verdict was computed from, by its schema, and names nobody."""

import json
import random
from dataclasses import replace
from datetime import date
from typing import Any

import jsonschema
import pytest

from policy.catalogue import load_catalogue
from policy.claim_clauses import CLAIM_CLAUSES
from policy.clause_inputs import INPUTS
from policy.clause_text import load_clause_texts
from policy.clauses import CLAUSES
from policy.edition import canonical, digest_of, load_edition
from policy.eligibility import Eligibility, evaluate
from policy.evidence import Evidence
from policy.optional_clauses import OPTIONAL_CLAUSES
from policy.parameters import load_parameters
from policy.table import read_annex
from policy.trace import trace_of
from tests.gateway.evidence import invented
from tests.gateway.evidence.test_recomputed import traced
from tests.policy.factories import EMPLOYED_CLAIM, HOLDER, evidence

SCHEMA = json.loads(read_annex("trace-v1.schema.json"))
DIGEST = "ab" * 32
MANY = 300


def trace(judged: Evidence) -> tuple[Any, Eligibility]:
    edition = load_edition()
    verdict = evaluate(
        judged, catalogue=load_catalogue(), parameters=edition.parameters
    )
    made = trace_of(
        judged, verdict, digest=DIGEST, edition=edition, figures_of=judged.as_of
    )
    return json.loads(made), verdict


def test_traces_are_what_the_schema_says() -> None:
    rng = random.Random(3)  # noqa: S311 - an example, no secret
    validator = jsonschema.Draft202012Validator(SCHEMA)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    for _ in range(MANY):
        made, _ = traced(rng)
        validator.validate(json.loads(made))


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"asOf": "soon"},
        {"record": {}},
        {"policy": "0"},
        {"clauses": [{"clause": "219-1a"}]},
    ],
)
def test_the_schema_refuses_what_is_none(change: dict[str, Any]) -> None:
    made, _ = trace(evidence())

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**made, **change}, SCHEMA)


def test_every_clause_is_there_in_order_with_its_outcome_inputs_and_parameters() -> (
    None
):
    made, verdict = trace(evidence(claim=EMPLOYED_CLAIM))

    found = [(one["clause"], one["outcome"]) for one in made["clauses"]]
    assert found == [(one.clause, one.outcome) for one in verdict.findings]
    by_clause = {one["clause"]: one for one in made["clauses"]}
    assert by_clause["17-amount"]["parameters"] == ["amount_yuan"]
    assert "claim.hukou" in by_clause["17-hukou"]["inputs"]
    assert made["parameters"]["amount_yuan"] == {"from": "2022-08-22", "until": None}
    assert made["record"]["digest"] == DIGEST
    assert made["verdict"]["amountYuan"] == 800


def test_nobody_is_named() -> None:
    judged = evidence(claim=EMPLOYED_CLAIM)

    made = json.dumps(trace(judged)[0], ensure_ascii=False)

    assert HOLDER.number not in made
    assert judged.record.number not in made
    assert "王小明" not in made


def test_an_edition_is_known_by_its_digest_and_has_every_figure_with_its_source() -> (
    None
):
    edition = load_edition()
    rules = json.loads(edition.text)

    assert edition.text == canonical(rules)
    assert edition.digest == digest_of(edition.text)
    assert trace(evidence())[0]["policy"] == edition.digest
    names = [entry.name for entry in load_parameters().entries]
    assert [one["name"] for one in rules["parameters"]] == names
    assert {one["source"] for one in rules["parameters"]} <= {
        *("notice", "public copy", "open")
    }
    assert [one["id"] for one in rules["clauses"]] == [
        one.id for one in load_clause_texts()
    ]
    assert len(rules["annex"]["items"]) == 31


def test_every_clause_says_what_it_looks_at() -> None:
    clauses = [*CLAUSES, *CLAIM_CLAUSES, *OPTIONAL_CLAUSES]
    known = {entry.name for entry in load_parameters().entries}

    assert [*INPUTS] == clauses
    assert {name for one in INPUTS.values() for name in one.parameters} <= known
    # Of when a payment is made, or who may rule on it, and not of how a clause ends.
    assert known - {name for one in INPUTS.values() for name in one.parameters} == {
        "publication_days",
        "unsigned_may_be_ruled_on",
    }


def at(made: Any, name: str) -> Any:
    """Return a fact of a trace by its name; of what is not there, nothing."""
    for step in name.split("."):
        made = None if made is None else made[step]
    return made


def test_a_clause_comes_out_the_same_whatever_it_does_not_look_at() -> None:
    rng = random.Random(4)  # noqa: S311 - an example, no secret
    edition = load_edition()
    seen: dict[tuple[str, str], str] = {}

    for _ in range(4 * MANY):
        judged = invented.evidence(rng)
        if judged.attestation.is_outdated:
            continue
        made, _ = trace(judged)
        for clause in made["clauses"]:
            looked_at = canonical([at(made, name) for name in clause["inputs"]])
            known = seen.setdefault((clause["clause"], looked_at), clause["outcome"])
            assert known == clause["outcome"], (clause, made)
    assert len(seen) > len(edition.parameters.entries)


def test_an_outdated_record_says_so_beside_every_clause() -> None:
    judged = evidence()
    outdated = replace(judged.attestation, is_outdated=True)

    made, _ = trace(replace(judged, attestation=outdated))

    for clause in made["clauses"]:
        assert "attestation.isOutdated" in clause["inputs"]


def test_the_figures_of_another_day_are_told_with_their_days() -> None:
    edition = invented.editions()[1]
    judged = evidence(as_of=date(2024, 5, 31), claim=EMPLOYED_CLAIM)
    verdict = evaluate(
        judged, catalogue=load_catalogue(), parameters=edition.parameters
    )

    made = trace_of(
        judged, verdict, digest=DIGEST, edition=edition, figures_of=judged.as_of
    )

    assert json.loads(made)["parameters"]["yearly_payments"] == {
        "from": "2022-08-22",
        "until": "2024-06-01",
    }
