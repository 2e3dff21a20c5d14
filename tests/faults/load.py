"""A small constant load: people are asked about, paid, tried again, and revoked.

Each caller does one thing after the other at one gateway, as fast as a clerk would. Of
everything they are told, the model is told.
"""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from tests.faults.asking import HELD, HOLDER, NO_ANSWER, NO_CONNECTION, Told, ask, send
from tests.faults.model import ANSWERED, UNDETERMINED, Kept, Model
from tests.faults.town import Holder, Town
from tests.federation.offices import DECIDE, stated
from tests.gateway.collection.sending import ONLY_SENDS, body_of, key_of, line
from tests.gateway.status.sending import StateSender

PEOPLE = {
    "misspelt-item": ("9.2", "UNGRADED"),
    "revoked": ("1.1", "UNGRADED"),
    "partly-tampered": ("1.2", "UNGRADED"),
    "other-agency-key": ("1.1", "UNGRADED"),
    "foreigner-2023": ("4-07-05-04.2", "LEVEL_3"),
    "unlisted-level": ("4-07-05-04.2", "LEVEL_5"),
    "none": ("1.1", "UNGRADED"),
}
"""Whom is asked about, and of what: eligible ones, others, and records to refuse."""
ONE_EACH = ("misspelt-item", "foreigner-2023", "none")
"""One of each agency, and one of none."""
PLACES = (0, 1)
PACE_SECONDS = 0.2
SETTLES_SECONDS = 40.0
EVERY_REVOKED = 3
"""Of so many payments the certificate of one is revoked."""


@dataclass(slots=True)
class Payment:
    """A claim on its way, which its clerk goes on with until it is acknowledged."""

    holder: Holder
    claim: str
    certificate: str | None = None
    is_acknowledged: bool = False


@dataclass(slots=True)
class Load:
    """The callers, and what they saw."""

    town: Town
    model: Model
    patience_seconds: float
    is_balanced: bool = False
    """Whether who is not connected tries the other gateway, as a balancer does."""
    seen: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """How often each kind of answer came, by the place of the gateway."""
    took: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    """How long the answers to questions took, by the place of the gateway; a transfer
    may take longer."""
    waiting: deque[Holder] = field(default_factory=deque)
    """Who was certified and not paid yet."""
    _paid: deque[Payment] = field(default_factory=deque)
    _revoked: list[Payment] = field(default_factory=list)
    _open: dict[int, Payment | None] = field(default_factory=dict)
    _revocation: tuple[int, Payment, bytes] | None = None
    _ended: Event = field(default_factory=Event)

    def run(self, pool: ThreadPoolExecutor) -> list[Future[None]]:
        """Have everybody begin; they go on until ``end``."""
        steps: list[Callable[[int], None]] = [self._ask_people, self._pay, self._revoke]
        return [
            pool.submit(self._go_on, step, place, number)
            for number, step in enumerate(steps)
            for place in (PLACES if step != self._revoke else PLACES[:1])
        ]

    def end(self) -> None:
        """Have everybody stop after what they are at."""
        self._ended.set()

    def is_whole(self) -> bool:
        """Say whether both gateways show everybody, and pay."""
        if all(self._shows_all(place) and self._pays(place) for place in PLACES):
            return True
        self._ended.wait(PACE_SECONDS)
        return False

    def shows_revoked(self) -> bool:
        """Say whether both gateways show as revoked what was acknowledged."""
        shown = [
            self._asked(place, HELD, n=payment.holder.identity.number)
            for payment in self._revoked
            for place in PLACES
        ]
        return all(
            told.kind == ANSWERED
            and [one["state"] for one in told.data["holder"]["certificates"]["nodes"]]
            == ["REVOKED"]
            for told in shown
        )

    @property
    def longest(self) -> float:
        """How long the longest answer to a question took."""
        return max(max(seconds) for seconds in self.took.values())

    def late(self, place: int, seconds: float) -> list[float]:
        """Return how long those answers of a gateway took that took longer."""
        return [one for one in self.took[place] if one > seconds]

    def counted(self, place: int, kinds: Collection[str]) -> int:
        """Return how many answers of such kinds came from one gateway."""
        return sum(self.seen[place][kind] for kind in kinds)

    def settle(self) -> None:
        """Go on with what nobody knows the end of, until somebody does."""
        until = time.monotonic() + SETTLES_SECONDS
        while any(self._open.values()) or self._revocation is not None:
            assert time.monotonic() < until, "something stays open for good"
            for place in PLACES:
                if self._open.get(place) is not None:
                    self._pay(place)
            if self._revocation is not None:
                self._revoke(1)

    def kept(self) -> Kept:
        """Read what the database has of all this."""
        rows = self.town.rows
        return Kept(
            look_ups=frozenset(
                row[0]
                # Of one whose gateway was killed it is there that it began.
                for row in rows(
                    "SELECT request_id FROM audit_records WHERE event = 'LOOKED_UP' "
                    "UNION SELECT request_id FROM audit_intents"
                )
            ),
            paid=[
                (claim, f"{person} {item} {level}")
                for claim, person, item, level in rows(
                    "SELECT claim, person, item, level FROM decisions "
                    "WHERE outcome = 'PAID'"
                )
            ],
            changes=frozenset(
                row[0] for row in rows("SELECT sequence FROM state_changes")
            ),
            claimed_back=frozenset(
                row[0]
                for row in rows(
                    "SELECT claim FROM recoveries, decisions "
                    "WHERE decisions.id = recoveries.decision"
                )
            ),
        )

    def _go_on(self, step: Callable[[int], None], place: int, number: int) -> None:
        # Not all in step.
        self._ended.wait(PACE_SECONDS * number / 3)
        while not self._ended.is_set():
            step(place)
            self._ended.wait(PACE_SECONDS)

    def _ask_people(self, place: int) -> None:
        for person in PEOPLE:
            self._ask_about(place, person)
            if self._ended.wait(PACE_SECONDS / 2):
                return

    def _ask_about(self, place: int, person: str) -> str:
        item, level = PEOPLE[person]
        number = self.town.agencies.person(person)["idNumber"]
        told = self._asked(place, HOLDER, n=number, item=item, level=level)
        kind = told.kind
        if kind == ANSWERED:
            self.model.look_up_answered(told.request)
            kind = self.model.showed(person, told.data["holder"])
        self.seen[place][kind] += 1
        return kind

    def _pay(self, place: int) -> None:
        """Take the next step of paying somebody."""
        payment = self._open.get(place)
        if payment is None:
            if not self.waiting:
                return
            claim = f"claim-{next(self.town.claims)}"
            payment = self._open[place] = Payment(self.waiting.popleft(), claim)
        self.seen[place][self._step(place, payment)] += 1

    def _step(self, place: int, payment: Payment) -> str:
        if payment.certificate is None:
            told = self._asked(place, HELD, n=payment.holder.identity.number)
            if told.kind != ANSWERED:
                return told.kind
            self.model.look_up_answered(told.request)
            nodes = told.data["holder"]["certificates"]["nodes"]
            if not nodes:
                return UNDETERMINED
            payment.certificate = nodes[0]["id"]
            return ANSWERED
        claim = payment.claim if not payment.is_acknowledged else f"{payment.claim}-2"
        decision = stated(certificate=payment.certificate, claim=claim)
        told = self._asked(place, DECIDE, key=f"key-{claim}", decision=decision)
        if told.kind != ANSWERED:
            return told.kind
        return self._decided(place, payment, claim, told.data["recordDecision"])

    def _decided(
        self, place: int, payment: Payment, claim: str, decided: dict[str, Any]
    ) -> str:
        match decided["__typename"], payment.is_acknowledged:
            case "DecisionRecorded", was_paid:
                self.model.payment_acknowledged(claim, is_second=was_paid)
                payment.is_acknowledged = True
                if was_paid:
                    self._open[place] = None
                return ANSWERED
            case "AlreadyPaid", True:
                self._paid.append(payment)
                self._open[place] = None
                return ANSWERED
            case "AlreadyPaid", False:
                self.model.wrong.append(f"{claim}: refused, and nobody was paid")
                self._open[place] = None
                return ANSWERED
            case "CertificateNotVerified", _:
                return UNDETERMINED
            case kind, _:
                return f"{kind} {decided.get('code', '')}".strip()

    def _revoke(self, place: int) -> None:
        """Send the next revocation, or the last one again, to either gateway."""
        if self._revocation is None:
            if len(self._paid) < EVERY_REVOKED:
                return
            payment = self._paid.popleft()
            for _ in range(EVERY_REVOKED - 1):
                self._paid.popleft()
            sequence = next(self.town.states)
            change = self._sender(place).change(
                {**payment.holder.said, "status": "撤销"}
            )
            self._revocation = sequence, payment, body_of([line(sequence, change)])
        sequence, payment, body = self._revocation
        told = self._sent(place, body)
        if told.kind == NO_CONNECTION and self.is_balanced:
            told = self._sent(1 - place, body)
        self.seen[place][told.kind] += 1
        if told.kind == ANSWERED:
            self.model.revocation_acknowledged(sequence, payment.claim)
            self._revoked.append(payment)
            self._revocation = None

    def _sent(self, place: int, body: bytes) -> Told:
        sender, gateway = self._sender(place), self.town.gateways[place]
        path = sender.url.removeprefix(gateway.url)
        return send(gateway, self.patience_seconds, path, body, sender.signed(body))

    def _sender(self, place: int) -> StateSender:
        key = key_of(self.town.agencies)
        return StateSender(self.town.gateways[place], ONLY_SENDS, key)

    def _shows_all(self, place: int) -> bool:
        return all(self._ask_about(place, person) == ANSWERED for person in ONE_EACH)

    def _pays(self, place: int) -> bool:
        """Say whether somebody is paid at once: the caller's own payments go on."""
        payment = Payment(self.waiting.popleft(), f"claim-{next(self.town.claims)}")
        kinds = [self._step(place, payment) for _ in range(2)]
        self.seen[place].update(kinds)
        return kinds == [ANSWERED, ANSWERED]

    def _asked(self, place: int, query: str, **variables: object) -> Told:
        gateways, patience = self.town.gateways, self.patience_seconds
        told = ask(gateways[place], patience, query, **variables)
        if told.kind == NO_CONNECTION and self.is_balanced:
            told = ask(gateways[1 - place], patience, query, **variables)
        if told.kind != NO_ANSWER:
            self.took[place].append(told.seconds)
        return told
