"""What has to be true whatever is sick, and what was found that is not.

The model is told of everything that a caller was told, as it happens, and compares:

- what is shown of a person is what the registries say of them, or less. A verdict or a
  clause that was decided may become UNDETERMINED where something is missing, and never
  the other one; a record that did not verify is not shown;
- what was acknowledged is in the database afterwards: decisions, revocations, and the
  audit record of each look-up that was answered;
- nobody is paid twice, and each payment whose certificate was revoked is claimed back.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ANSWERED, UNDETERMINED = "answered", "undetermined"
UNKNOWN = ("UNDETERMINED", "UNKNOWN", None)
"""What may stand for anything while something is missing."""

Shown = Mapping[str, Any]
"""A holder as the graph shows one, see ``tests.faults.asking.HOLDER``."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database has, read by a way of our own."""

    look_ups: frozenset[str]
    """The ids of the requests on the audit log."""
    paid: Sequence[tuple[str, str]]
    """Claims that were paid, with the person, item and level."""
    changes: frozenset[int]
    """Changes of state, by their sequence numbers."""
    claimed_back: frozenset[str]
    """Claims whose recovery is open."""


@dataclass(slots=True)
class Model:
    """What callers were told, and what of it is not as it should be."""

    truth: Mapping[str, Shown]
    """What is shown of each person while nothing is sick."""
    wrong: list[str] = field(default_factory=list)
    """Promises that were broken."""
    look_ups: set[str] = field(default_factory=set)
    paid: set[str] = field(default_factory=set)
    revoked: dict[int, str] = field(default_factory=dict)
    """The claims that were paid on what was revoked, by the change's number."""

    def showed(self, person: str, shown: Shown) -> str:
        """Take note of what was shown of somebody; return what kind of answer it is."""
        truth = self.truth[person]
        certificates = {one["id"]: one for one in truth["certificates"]["nodes"]}
        for one in shown["certificates"]["nodes"]:
            known = certificates.get(one["id"])
            if known is None or one["provenance"] != known["provenance"]:
                self.wrong.append(f"{person}: a record that no registry vouches for")
                continue
            for name in ("state", "standing"):
                self._compare(f"{person}: {name}", known[name], one[name])
            self._judged(person, known["eligibility"], one["eligibility"])
        self._judged(person, truth["eligibility"], shown["eligibility"])
        return ANSWERED if shown == truth else UNDETERMINED

    def look_up_answered(self, request: str) -> None:
        """Take note that a look-up was answered."""
        self.look_ups.add(request)

    def payment_acknowledged(self, claim: str, *, is_second: bool = False) -> None:
        """Take note that a claim was paid; ``is_second``: of what had been paid."""
        if is_second:
            self.wrong.append(f"{claim}: paid what had been paid")
        self.paid.add(claim)

    def revocation_acknowledged(self, sequence: int, claim: str) -> None:
        """Take note that the certificate was revoked on which a claim had been paid."""
        self.revoked[sequence] = claim

    def compare(self, kept: Kept) -> None:
        """Compare what was acknowledged with what is there."""
        self._lost("audit records of look-ups", self.look_ups - kept.look_ups)
        self._lost("payments", self.paid - {claim for claim, _ in kept.paid})
        self._lost("revocations", self.revoked.keys() - kept.changes)
        self._lost("recoveries", {*self.revoked.values()} - kept.claimed_back)
        for what, times in Counter(what for _, what in kept.paid).items():
            if times > 1:
                self.wrong.append(f"{what}: paid {times} times")

    def _lost(self, what: str, lost: set[Any]) -> None:
        if lost:
            self.wrong.append(f"{what} lost: {sorted(lost)}")

    def _judged(self, person: str, known: Shown, found: Shown) -> None:
        self._compare(f"{person}: verdict", known["outcome"], found["outcome"])
        clauses = {one["clause"]: one["outcome"] for one in known["findings"]}
        for one in found["findings"]:
            clause = one["clause"]
            # A clause is found or not by what is known; a new one decides nothing.
            self._compare(f"{person}: {clause}", clauses.get(clause), one["outcome"])

    def _compare(self, what: str, known: object, found: object) -> None:
        if found not in (known, *UNKNOWN):
            self.wrong.append(f"{what} is {found}, and was {known}")
