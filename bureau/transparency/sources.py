"""Which rows the log of hashes commits to, by which of their columns: data.

One line a table. Triggers queue every row of it as it is written
(``store.migrations``), so what is not here is not in the log. Columns are named one by
one and a line that was released never changes: a row is shown years later as it was
committed to. A table that gets a column gets a second line, under another name, and
its triggers queue by that. What is changed later is left out: of what agencies send,
how it is marked and which version is current.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What an entry of the log says of its rows."""

    RECORD = "record"
    VERSION = "version"
    STATE_CHANGE = "state-change"
    REGISTRATION = "registration"
    KEY_EVENT = "key-event"
    SANCTION = "sanction"
    DECISION = "decision"
    JUDGEMENT = "judgement"
    PAYMENT_STEP = "payment-step"
    CORRECTION = "correction"
    MOVE = "move"
    PROOF = "proof"
    RECOVERY_EVENT = "recovery-event"
    ERASURE = "erasure"
    AUDIT = "audit"
    POLICY = "policy"
    RECONCILIATION = "reconciliation"
    RETENTION = "retention"
    RECEIPT_KEY = "receipt-key"
    LOOK_UPS = "look-ups"
    """How far agencies were told of look-ups; of lists of theirs it begins the kind."""


LOOK_UPS_OF = f"{Kind.LOOK_UPS}/"
"""Begins the kind of what an agency was told; which one follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A table whose rows are committed to, each by its ``id``."""

    name: str
    """How the log calls it: the table, unless that has got columns since."""
    table: str
    kind: Kind
    columns: tuple[str, ...]
    told_by: str | None = None
    """The column whose value says the kind, where ``kinds`` has it."""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    is_grouped: bool = False
    """Whether rows that come together are one entry: ids grow as rows are committed."""
    is_kept: bool = True
    """Whether its rows stay: else one that is gone says nothing."""

    def kind_of(self, row: Mapping[str, object]) -> str:
        """Return the kind of an entry of ``row``: a ``Kind``, or an agency's own."""
        if self.told_by is None:
            return self.kind
        said = str(row[self.told_by])
        if said.startswith(LOOK_UPS_OF):
            return said
        return self.kinds.get(said, self.kind)


def _source(  # noqa: PLR0913 - a line of data
    table: str,
    kind: Kind,
    columns: str,
    *,
    told_by: str | None = None,
    kinds: Mapping[str, Kind] | None = None,
    is_grouped: bool = False,
    is_kept: bool = True,
) -> Source:
    return Source(
        name=table,
        table=table,
        kind=kind,
        columns=("id", *columns.split()),
        told_by=told_by,
        kinds=kinds or {},
        is_grouped=is_grouped,
        is_kept=is_kept,
    )


_KEY_STEPS = ("ADD_KEY", "APPROVE_KEY", "ROTATE_KEY", "RETIRE_KEY", "COMPROMISE_KEY")
AUDIT = _source(
    "audit_records",
    Kind.AUDIT,
    "at event caller districts request_id person purpose case_number organisation "
    "officer matter_code matter_name business_number operation document sources "
    "certificates kept_from removed",
    is_grouped=True,
)
FACTS = _source(
    "logged_facts",
    Kind.POLICY,
    "kind body at",
    told_by="kind",
    kinds={kind.value: kind for kind in Kind},
)
SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        AUDIT,
        FACTS,
        _source(
            "collected_records",
            Kind.RECORD,
            "connector sequence digest key_id signed_at collected_at",
        ),
        _source(
            "seen_versions",
            Kind.VERSION,
            "mark signed_at said digest key_id seen_at",
            is_grouped=True,
            is_kept=False,
        ),
        _source(
            "state_changes",
            Kind.STATE_CHANGE,
            "connector sequence digest state effective_on reason key_id signed_at "
            "received_at",
        ),
        _source(
            "connector_events",
            Kind.REGISTRATION,
            "connector version step at actor reason before after detail",
            told_by="step",
            kinds=dict.fromkeys(_KEY_STEPS, Kind.KEY_EVENT),
        ),
        _source("sanctions", Kind.SANCTION, "body kind reason imposed_by imposed_at"),
        _source(
            "sanction_events", Kind.SANCTION, "sanction step at actor reason after"
        ),
        _source(
            "decisions",
            Kind.DECISION,
            "claim outcome amount_yuan district person certificate connector authority "
            "item level category evidence ruling decided_on recorded_at recorded_by "
            "request_key request_digest fund",
        ),
        _source(
            "judgements",
            Kind.JUDGEMENT,
            "decision verdict findings computed_yuan figures_from figures_digest facts "
            "rulings status_list",
        ),
        _source(
            "payment_steps",
            Kind.PAYMENT_STEP,
            "claim version decision step after booked_on payments amount_yuan officer "
            "reason actor at",
        ),
        _source(
            "corrections",
            Kind.CORRECTION,
            "decision replacement officer reason proposed_by proposed_at",
        ),
        _source(
            "correction_answers",
            Kind.CORRECTION,
            "correction answer replaced_by officer reason answered_by answered_at",
        ),
        _source(
            "claim_moves",
            Kind.MOVE,
            "claim from_district to_district reason moved_at moved_by officer",
        ),
        _source(
            "false_records",
            Kind.PROOF,
            "certificate reason evidence proved_at proved_by",
        ),
        _source(
            "false_record_withdrawals",
            Kind.PROOF,
            "proof reason officer stated_at stated_by",
        ),
        _source(
            "false_claims",
            Kind.PROOF,
            "claim part reason evidence officer proved_at proved_by",
        ),
        _source(
            "recovery_events",
            Kind.RECOVERY_EVENT,
            "recovery step after at actor reason amount_yuan decision owed_yuan",
        ),
        _source(
            "seen_revocations",
            Kind.RECOVERY_EVENT,
            "certificate source since connector evidence seen_at",
        ),
        _source("evidence_erasures", Kind.ERASURE, "digest reason erased_at"),
    )
}
NOT_LOGGED: Mapping[str, str] = {
    "log_queue": "what is to be logged",
    "log_entries": "the log",
    "log_tiles": "the log",
    "log_head": "the log",
    "log_checkpoints": "the log, signed",
    "audit_intents": "under way; what becomes of them is on the audit log",
    "change_sequence": "a counter",
    "collection_gaps": "follows from the records there are",
    "collection_streams": "follows from the records there are",
    "connector_keys": "their steps are logged, with what each key is",
    "connectors": "their steps are logged",
    "decision_facts": "finds the facts that a decision rests on, which are logged",
    "documents": "marks by which records are found",
    "evidence": "erased by its way; decisions and records have its digest",
    "kept_sums": "follows from the rows there are",
    "issued_credentials": "places in status lists; each look-up is on the audit log",
    "key_challenges": "forgotten; the step of the key is logged",
    "quality_counts": "counts of what was seen",
    "recheck_parts": "how far a recheck is",
    "recheck_unanswered": "how far a recheck is",
    "rechecks": "how far a recheck is",
    "recoveries": "their steps are logged",
    "sanction_proposals": "a proposal; what is decided is a sanction",
    "seen_certificates": "marks, forgotten after their time",
    "used_tokens": "forgotten once they expire",
    "whole_lists": "marks, forgotten after their time",
}
"""Every other table, and why its rows are not committed to."""


def triggers() -> Iterator[tuple[str, str]]:
    """Yield each table whose new rows are queued, and the source they are queued by."""
    for source in SOURCES.values():
        yield source.table, source.name
