"""Find of which document something is, however spelt and whoever sent it.

A document is known by its institution, holder, number, item and level, under marks that
reveal nothing without a key (``bureau.documents`` makes them). It outlives the
connector that showed it, the spelling, and corrections of its days. What is sent of a
certificate's state, what was paid for and what is answered are found to be of one
certificate by ``sent_of``, and nowhere else: so a revocation that shows on an answer
opens a recovery.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from policy.certificate import CertificateState, StateChange
from policy.level import Level
from policy.states import FROM_THE_BEGINNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is stated of a document, as marks; ``None`` is not stated.

    Of what was kept before there was a normal form the place alone may be known.
    """

    place: str
    """A mark of the holder and all of the rest, whichever agency shows it."""
    number: str | None = None
    """A mark of the institution, the holder and the number."""
    serial: str | None = None
    """A mark of the institution and the number, whoever holds it."""
    code: str | None = None
    """A mark of the item's code in the annex, or of the registry's own."""
    own_code: str | None = None
    """A mark of the registry's own code, where it is mapped to the annex's."""
    name: str | None = None
    """A mark of the item's name."""
    level: Level | None = None
    first_issued_on: date | None = None
    issued_on: date | None = None
    former: str | None = None
    """The place that it had by its spelling, if another."""

    @property
    def places(self) -> frozenset[str]:
        """Every place under which something of it may be kept."""
        return frozenset({self.place, self.former or self.place})

    @property
    def marks(self) -> frozenset[str]:
        """Every mark by which what is kept of it, or of another holder's, is found."""
        stated = (self.number, self.serial)
        return self.places | {mark for mark in stated if mark is not None}

    def is_stated_as(self, other: "Document") -> bool:
        """Say whether both state the same, down to the days."""
        return not self.places.isdisjoint(other.places)

    def may_be(self, other: "Document") -> bool:
        """Say whether all that both state is the same, their days too."""
        return self.is_stated_as(other) or (
            self.is_one_with(other)
            and _agree(self.first_issued_on, other.first_issued_on)
            and _agree(self.issued_on, other.issued_on)
        )

    def is_one_with(self, other: "Document") -> bool:
        """Say whether both are one document, whatever its days."""
        if self.number is None or other.number is None:
            return self.is_stated_as(other)
        return (
            self.number == other.number
            and self._is_of_the_item_of(other)
            and _agree(self.level, other.level)
        )

    def is_another_holders(self, other: "Document") -> bool:
        """Say whether both are one document but for whom it names.

        A holder who was put right, or a registry that gave one number to two people.
        """
        return (
            self.serial is not None
            and self.serial == other.serial
            and self.number != other.number
            and self._is_of_the_item_of(other)
            and _agree(self.level, other.level)
        )

    def is_after(self, day: date) -> bool:
        """Say whether it was issued after ``day``, and so is another than of then."""
        return self.issued_on is not None and self.issued_on > day

    def _is_of_the_item_of(self, other: "Document") -> bool:
        codes = {self.code, self.own_code} - {None}
        others = {other.code, other.own_code} - {None}
        if codes and others:
            return not codes.isdisjoint(others)
        return self.name == other.name


def _agree(one: object, other: object) -> bool:
    return one is None or other is None or one == other


Sent = tuple[Document, StateChange]
"""A change that was sent, and of which document."""


def sent_of(
    sent: Iterable[Sent], held: Sequence[Sequence[Document]]
) -> list[tuple[StateChange, ...] | None]:
    """Return what was ``sent`` of each certificate of ``held``, given by its versions.

    A change is of the certificate that is stated as it is; failing that, of the one
    that agrees with all that both state. Where several do, it may be of any: the states
    of all of them are unknown, ``None``.
    """
    found: defaultdict[int, list[StateChange]] = defaultdict(list)
    doubtful: set[int] = set()
    for document, change in sent:
        fits = [n for n, one in enumerate(held) if any(map(document.is_stated_as, one))]
        if not fits:
            fits = [n for n, one in enumerate(held) if any(map(document.may_be, one))]
            if len(fits) > 1:
                doubtful.update(fits)
        for n in fits:
            found[n].append(change)
    return [None if n in doubtful else tuple(found[n]) for n, _ in enumerate(held)]


def is_revoked_by(changes: Sequence[StateChange]) -> bool:
    """Say whether the last that was said of it is that it never should have been."""
    for change in reversed(changes):
        if change.state in FROM_THE_BEGINNING:
            return True
        if change.state is CertificateState.VALID:
            return False
    return False
