"""What was computed when a decision was recorded, kept beside it."""

import json
from typing import Any

from sqlalchemy import Connection, insert, select

from bureau.ledger.entries import Ruling, claim_of, json_of
from bureau.ledger.judging import Judgement
from policy.eligibility import EligibilityOutcome
from policy.finding import Finding, FindingOutcome
from policy.text import Text
from store.ledger.payment_tables import judgements


def add(connection: Connection, decision: int, judgement: Judgement) -> None:
    """Keep what was computed on ``decision``."""
    row = {
        "decision": decision,
        "verdict": judgement.verdict,
        "findings": [
            [one.clause, one.outcome, one.reason.zh, one.reason.en]
            for one in judgement.findings
        ],
        "computed_yuan": judgement.computed_yuan,
        "figures_from": judgement.figures_from,
        "figures_digest": judgement.figures_digest,
        "facts": json.loads(json_of(judgement.facts)),
        "rulings": [json.loads(json_of(ruling)) for ruling in judgement.rulings],
        "status_list": judgement.status_list,
    }
    connection.execute(insert(judgements), row)


def find(connection: Connection, decision: int) -> Judgement | None:
    """Return what was computed on ``decision``; ``None`` if nothing was then."""
    row = connection.execute(
        select(judgements).where(judgements.c.decision == decision)
    ).first()
    if row is None:
        return None
    return Judgement(
        verdict=EligibilityOutcome(row.verdict),
        findings=tuple(
            Finding(clause, FindingOutcome(outcome), Text(zh, en))
            for clause, outcome, zh, en in row.findings
        ),
        computed_yuan=row.computed_yuan,
        figures_from=row.figures_from,
        figures_digest=row.figures_digest,
        facts=claim_of(row.facts),
        rulings=tuple(_ruling_of(ruling) for ruling in row.rulings),
        status_list=row.status_list,
    )


def _ruling_of(kept: dict[str, Any]) -> Ruling:
    return Ruling(**{**kept, "clauses": tuple(kept["clauses"])})
