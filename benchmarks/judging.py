"""Judge answers that are not whole: is what they leave out said to be unknown?

Where an agency is in trouble, an answer about a person is right that has all that the
others vouch for, says of the one that it did not answer, and says nothing else. What
is left out may leave a clause undetermined; it never makes it met or unmet.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from benchmarks.answers import first_difference
from benchmarks.native import Offered, Other
from benchmarks.people import AGENCIES, certificates
from benchmarks.processes import BenchmarkError

ANSWERED = "ANSWERED"
UNDETERMINED = "UNDETERMINED"
UNKNOWN = frozenset(
    {"TIMED_OUT", "UNREACHABLE", "CIRCUIT_OPEN", "UNVERIFIED", "REFUSED"}
)
"""What is said of an agency of which nothing is known; ``NONE`` is not among them."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What answers that are not whole turned out to be."""

    incomplete_us: Sequence[int]
    """The latencies of those that say what they leave out."""
    beyond: int
    """So many of those leave out an agency that is well."""
    wrong: Sequence[str]
    """What is wrong with each of the rest."""


def judged(
    others: Iterable[Other],
    whole: Sequence[Any],
    today: date,
    sick: Collection[str] = tuple(AGENCIES),
) -> Judged:
    """Judge by the ``whole`` holders, one a line of the questions.

    Only of agencies that are ``sick`` nothing may be known.
    """
    incomplete_us, wrong, beyond = [], [], 0
    for other in others:
        index = other.line
        answer = _holder(other)
        if answer is None:
            said = other.body[:500].decode("utf-8", "replace")
            wrong.append(f"{other.status} {said}")
        elif fault := fault_of(answer, whole[index], _agencies_of(index, today)):
            wrong.append(f"person {index}: {fault}")
        else:
            incomplete_us.append(other.took_us)
            beyond += not set(_unknown(answer)) <= set(sick)
    return Judged(incomplete_us, beyond, wrong)


def took_us(offered: Offered, whole: Sequence[Any], today: date) -> Sequence[int]:
    """Return the latencies of all answers, whole or not.

    Raises:
        BenchmarkError: one is wrong, or did not come.
    """
    told = judged(offered.others, whole, today)
    if told.wrong or offered.lost:
        raise BenchmarkError(
            f"{offered.lost} answers did not come, {len(told.wrong)} are wrong: "
            f"{told.wrong[:1]}"
        )
    return [*offered.latencies_us, *told.incomplete_us]


def fault_of(
    answer: Mapping[str, Any],
    whole: Mapping[str, Any],
    agencies: Mapping[tuple[str, str], str],
) -> str:
    """Say what is wrong with a holder that is not whole; nothing if it is right.

    ``agencies`` says which one vouches for a certificate, by number and item.
    """
    outcomes = [row["outcome"] for row in answer["sources"]]
    if len(outcomes) != len(AGENCIES) or not set(outcomes) <= UNKNOWN | {ANSWERED}:
        return f"the sources say {outcomes}"
    unknown = _unknown(answer)
    expected = [
        node
        for node in whole["certificates"]["nodes"]
        if agencies[node["number"], node["item"]] not in unknown
    ]
    found = answer["certificates"]["nodes"]
    if len(found) != len(expected):
        return f"{len(found)} certificates, not {len(expected)}, and {outcomes}"
    for node, before in zip(found, expected, strict=True):
        if _differs(node, before):
            return f"{outcomes} {first_difference(node, before)}"
    return ""


def _differs(node: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    """Say whether a certificate is more than less sure."""
    found, expected = node["eligibility"], whole["eligibility"]
    return (
        {**node, "eligibility": None} != {**whole, "eligibility": None}
        or found["outcome"] not in (expected["outcome"], UNDETERMINED)
        or any(
            finding["outcome"] not in (before["outcome"], UNDETERMINED)
            for finding, before in zip(
                found["findings"], expected["findings"], strict=True
            )
        )
    )


def _holder(other: Other) -> Mapping[str, Any] | None:
    """Return what an answer says of a person, if it says that and no more."""
    if other.status != 200:  # noqa: PLR2004
        return None
    answer = json.loads(other.body)
    holder: Mapping[str, Any] | None = answer.get("data", {}).get("holder")
    return None if "errors" in answer else holder


def _unknown(answer: Mapping[str, Any]) -> list[str]:
    return [
        agency
        for agency, row in zip(AGENCIES, answer["sources"], strict=True)
        if row["outcome"] != ANSWERED
    ]


def _agencies_of(index: int, today: date) -> dict[tuple[str, str], str]:
    return {
        (one.number, one.item.name.zh): agency
        for agency in AGENCIES
        for one in certificates(index, agency, today)
    }
