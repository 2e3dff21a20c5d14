"""What each clause looks at: facts of a trace by their names, and parameters.

The names are those of ``policy.trace``. A test holds that no clause comes out otherwise
when a fact changes that does not stand here.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Inputs(NamedTuple):
    """The input of one clause."""

    facts: tuple[str, ...]
    parameters: tuple[str, ...]


_ROW = (
    *("record.number", "record.title", "record.category"),
    *("record.item", "record.itemCode"),
)
_LEVEL = ("record.number", "record.level")
_DAYS = (
    *("record.issuedOn", "record.firstIssuedOn"),
    *("record.number", "record.level"),
)
_STATE = ("record.state", "record.stateSince", "record.changes", "asOf", "today")
_VALIDITY = (
    *_DAYS,
    *("record.validFrom", "record.validUntil", "record.reviewDueOn"),
)
_OCCUPATION = ("occupation_groups", "occupation_grouping", "doubtful_occupations")
_PAID = ("claim.payments", "claim.claimedOn")


def _of(facts: tuple[str, ...], *parameters: str) -> Inputs:
    return Inputs(tuple(dict.fromkeys(facts)), parameters)


INPUTS: Mapping[str, Inputs] = MappingProxyType(
    {
        "219-1a": _of((*_ROW, *_LEVEL)),
        "219-1b": _of((*_ROW, *_DAYS), "first_eligible_day"),
        "219-n2": _of((*_ROW, *_DAYS), "first_eligible_day"),
        "219-2a": _of((*_ROW, "record.evaluationBody")),
        "219-2b": _of((*_ROW, "attestation", "asOf", "today")),
        "219-3b": _of((*_STATE, *_VALIDITY), "review_overdue", "transferred"),
        "219-2c": _of(("claimant", "record.number"), "claimant_has_to_be_stated"),
        "17-share": _of(
            (
                *("claim.category", "claim.payments", "claim.dischargedOn"),
                *("claim.claimedOn", *_LEVEL),
            ),
            *("share_percent", "college_levels", "veteran_months"),
            *("vocational_payments", "recovered_payment_bars"),
        ),
        "17-amount": _of(_LEVEL, "amount_yuan"),
        "17-hukou": _of(
            ("claim.hukou", "claim.category", "claim.studiesInShanghai"),
            "open_to_other_hukou",
        ),
        "17-window": _of((*_ROW, *_DAYS, "claim.claimedOn"), "window_months"),
        "17-once": _of(
            (*_ROW, *_LEVEL, "claim.payments"),
            *_OCCUPATION,
            "recovered_payment_bars",
        ),
        "17-excluded": _of(
            ("claim.isCivilServant", "claim.acquisition"), "excluded_acquisitions"
        ),
        "17-yearly": _of(
            (*_PAID, "claim.category", *_LEVEL),
            *("yearly_payments", "yearly_yuan", "share_percent", "amount_yuan"),
        ),
        "17-held": _of(
            (*_ROW, *_LEVEL, "claim.held"), *_OCCUPATION, "held_higher_bars"
        ),
        "17-fund": _of((*_ROW, "claim.payments"), *_OCCUPATION, "excluding_funds"),
        "17-interval": _of(_PAID, "days_between_payments"),
    }
)
