"""Every fault that is tried: where it is, and what callers may see of it.

A new fault is a row here. What callers of the first gateway see of it is ``sees``: one
of that has to come, since a fault that nobody notices is none. ``may`` can come as
well, and ``others`` at the second gateway; anywhere an answer may say of something that
it is not known. A fault lasts until it was noticed, and until the second gateway was
seen to go on, unless ``stops_all``.
"""

import os
from dataclasses import dataclass

from store.postgresql import STATEMENT_SECONDS, UNHEARD_SECONDS
from tests.faults.asking import (
    NO_ANSWER,
    NO_CONNECTION,
    PATIENCE_SECONDS,
    PATIENT_SECONDS,
    UNREADABLE,
)
from tests.faults.model import UNDETERMINED
from tests.faults.strikes import (
    Strike,
    clock,
    ended,
    full_disk,
    its_machine_gone,
    killed,
    killed_while_cut_off,
    nameless,
    no_room,
    one_after_the_other,
    stopped,
    taken_over,
    while_it_writes,
    wire,
)
from tests.faults.town import DATABASE, DOOR, FIRST, REQUEST_SECONDS, Kind
from tests.federation.queries import EMERGENCY, FIRE

SECONDS = float(os.environ.get("FAULTS_SECONDS", "0"))
"""How long each fault lasts at least in the long profile; 0 is the short one, of CI."""
NOBODY: frozenset[str] = frozenset()
UNKNOWN = frozenset({UNDETERMINED})
STORE_AWAY = frozenset(
    {"AUDIT_UNAVAILABLE", "STORE_UNAVAILABLE", "UNAVAILABLE", "TIMED_OUT"}
)
GONE = frozenset({NO_CONNECTION})
UNREAD = frozenset({UNREADABLE, NO_CONNECTION})
SILENT = frozenset({NO_ANSWER})
UNSETTLED = frozenset({NO_ANSWER, "TOO_MANY_TRANSFERS"})
"""What a decision or a transfer comes to that is in a transaction when its database
falls silent: neither is answered before the driver gives the connection up."""
OTHER_TIME = frozenset({"OUTSIDE_WINDOW"})
"""What an agency is told that signs at another time than the gateway's."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, and what it may come to."""

    where: str
    name: str
    strike: Strike
    sees: frozenset[str] = NOBODY
    may: frozenset[str] = NOBODY
    others: frozenset[str] = NOBODY
    stops_all: bool = False
    """Whether it is one on which both gateways rest."""
    longest_seconds: float = REQUEST_SECONDS + 1.5
    """How long an answer may take that comes."""
    others_late: int | None = None
    """How many answers of the other gateway may be later than agencies are waited for;
    those who were under way in the second that is given to who holds the lock."""
    whole_seconds: float = 60.0
    """How long it may take until all is as before."""
    unheard_seconds: float = 0.0
    """How long afterwards callers may still wait on a connection that is silent for
    good: none that was borrowed meanwhile is tried before it is given up."""
    is_balanced: bool = False
    """Whether callers try the other gateway where they are not connected."""
    kind: Kind = Kind.POSTGRESQL
    """On what database it is tried."""

    @property
    def patience_seconds(self) -> float:
        """How long its callers wait for an answer."""
        may_be_silent = NO_ANSWER in self.sees | self.may | self.others
        return PATIENCE_SECONDS if SECONDS or may_be_silent else PATIENT_SECONDS

    def __str__(self) -> str:
        return f"{self.where}: {self.name}"


AGENCY, TLS = "way to an agency", "way to an agency, TLS"
STORE, CALLERS = "way to the database", "way of callers"
AN_AGENCY, A_DATABASE, A_GATEWAY = "an agency", "the database", "a gateway"
CLOCK = "a gateway's clock"
CALLERS_AT_ONCE = 3
"""As many ask one gateway at a time, who looks whether all is well included."""
DRIP = {"piece_bytes": 8, "latency_seconds": 0.02}
GIVEN_UP_SECONDS = UNHEARD_SECONDS + 10.0
"""Far less than a statement may take, which would end it as well."""
SHORT: tuple[Fault, ...] = (
    Fault(AGENCY, "reset", wire(EMERGENCY, trouble="reset"), UNKNOWN),
    Fault(AGENCY, "machine gone", wire(EMERGENCY, trouble="gone"), UNKNOWN),
    Fault(AGENCY, "a bit changed", wire(EMERGENCY, trouble="flipped-answer"), UNKNOWN),
    Fault(TLS, "wrong certificate", wire(FIRE, trouble="wrong-certificate"), UNKNOWN),
    Fault(STORE, "reset", wire(DATABASE, trouble="reset"), STORE_AWAY),
    Fault(
        *(STORE, "machine gone, in a transaction"),
        *(while_it_writes(wire(DATABASE, trouble="gone")), STORE_AWAY),
        may=UNSETTLED,
        longest_seconds=PATIENCE_SECONDS + 0.5,
        others_late=CALLERS_AT_ONCE,
        whole_seconds=GIVEN_UP_SECONDS,
        unheard_seconds=UNHEARD_SECONDS,
    ),
    Fault(CALLERS, "reset", wire(DOOR, trouble="reset"), GONE),
    Fault(
        *(A_DATABASE, "SIGKILL", killed(DATABASE), STORE_AWAY),
        others=STORE_AWAY,
        stops_all=True,
    ),
    Fault(
        *(A_DATABASE, "SIGSTOP", stopped(DATABASE), STORE_AWAY),
        others=STORE_AWAY,
        stops_all=True,
    ),
    Fault(
        *(A_DATABASE, "a full disk (SQLite)", full_disk, STORE_AWAY),
        others=STORE_AWAY,
        stops_all=True,
        kind=Kind.SQLITE,
    ),
    Fault(
        *(A_GATEWAY, "SIGKILL while it is cut off", killed_while_cut_off),
        *(GONE, STORE_AWAY),
        others=STORE_AWAY,
    ),
    Fault(
        *(A_GATEWAY, "SIGSTOP in a transaction", while_it_writes(stopped(FIRST))),
        may=STORE_AWAY | SILENT,
        others=STORE_AWAY,
        longest_seconds=PATIENCE_SECONDS,
    ),
    Fault(CLOCK, "10 minutes ahead", clock(600), UNKNOWN, OTHER_TIME),
    Fault(
        *("both gateways", "SIGTERM, one after the other", one_after_the_other),
        is_balanced=True,
    ),
)
LONG: tuple[Fault, ...] = (
    Fault(AGENCY, "half open, silent", wire(EMERGENCY, trouble="dead"), UNKNOWN),
    Fault(AGENCY, "100 ms later", wire(EMERGENCY, latency_seconds=0.1)),
    Fault(AGENCY, "up to 1.5 s later", wire(EMERGENCY, jitter_seconds=1.5), UNKNOWN),
    Fault(AGENCY, "cut for a while", wire(EMERGENCY, trouble="held"), UNKNOWN),
    Fault(AGENCY, "8 bytes at a time", wire(EMERGENCY, **DRIP), UNKNOWN),
    Fault(AGENCY, "1 kB a second", wire(EMERGENCY, bytes_a_second=1000), UNKNOWN),
    Fault(AGENCY, "garbage", wire(EMERGENCY, trouble="garbage"), UNKNOWN),
    Fault(AGENCY, "a name that resolves to nothing", nameless, UNKNOWN, GONE),
    Fault(TLS, "garbage for a handshake", wire(FIRE, trouble="garbage"), UNKNOWN),
    Fault(STORE, "50 ms later", wire(DATABASE, latency_seconds=0.05), may=STORE_AWAY),
    Fault(STORE, "up to 1 s later", wire(DATABASE, jitter_seconds=1.0), STORE_AWAY),
    Fault(
        *(STORE, "cut for a while", wire(DATABASE, trouble="held"), STORE_AWAY),
        may=UNSETTLED,
        longest_seconds=PATIENCE_SECONDS,
    ),
    Fault(
        *(STORE, "cut for a while, in a transaction"),
        *(while_it_writes(wire(DATABASE, trouble="held")), STORE_AWAY),
        may=UNSETTLED,
        others=STORE_AWAY,
        longest_seconds=PATIENCE_SECONDS,
    ),
    Fault(
        *(STORE, "half open, silent", wire(DATABASE, trouble="dead"), STORE_AWAY),
        may=UNSETTLED,
        unheard_seconds=STATEMENT_SECONDS,
    ),
    Fault(
        *(STORE, "machine gone", wire(DATABASE, trouble="gone"), STORE_AWAY),
        may=UNSETTLED,
        whole_seconds=GIVEN_UP_SECONDS,
        unheard_seconds=UNHEARD_SECONDS,
    ),
    Fault(
        *(STORE, "half open, silent, in a transaction"),
        *(while_it_writes(wire(DATABASE, trouble="dead")), STORE_AWAY),
        may=UNSETTLED,
        unheard_seconds=STATEMENT_SECONDS,
        others=STORE_AWAY,
    ),
    Fault(STORE, "8 bytes at a time", wire(DATABASE, **DRIP), STORE_AWAY),
    Fault(STORE, "1 kB a second", wire(DATABASE, bytes_a_second=1000), STORE_AWAY),
    Fault(STORE, "garbage", wire(DATABASE, trouble="garbage"), STORE_AWAY),
    Fault(CALLERS, "100 ms later", wire(DOOR, latency_seconds=0.1)),
    Fault(CALLERS, "half open, silent", wire(DOOR, trouble="dead"), SILENT),
    Fault(CALLERS, "machine gone", wire(DOOR, trouble="gone"), SILENT),
    Fault(CALLERS, "8 bytes at a time", wire(DOOR, **DRIP), longest_seconds=30),
    Fault(CALLERS, "garbage", wire(DOOR, trouble="garbage"), UNREAD),
    Fault(AN_AGENCY, "SIGKILL", killed(EMERGENCY), UNKNOWN),
    Fault(AN_AGENCY, "SIGTERM", ended(EMERGENCY), UNKNOWN),
    Fault(AN_AGENCY, "SIGSTOP", stopped(EMERGENCY), UNKNOWN),
    Fault(
        *(A_DATABASE, "SIGINT", ended(DATABASE), STORE_AWAY),
        others=STORE_AWAY,
        stops_all=True,
    ),
    Fault(
        *(A_DATABASE, "a full disk", no_room, STORE_AWAY),
        others=STORE_AWAY,
        stops_all=True,
        kind=Kind.SMALL,
    ),
    Fault(
        *(A_DATABASE, "SIGKILL, and its standby promoted", taken_over, STORE_AWAY),
        others=STORE_AWAY,
        stops_all=True,
        kind=Kind.REPLICATED,
    ),
    Fault(
        *(A_GATEWAY, "SIGKILL in a transaction", while_it_writes(killed(FIRST))),
        *(GONE, STORE_AWAY),
        others=STORE_AWAY,
    ),
    Fault(
        *(A_GATEWAY, "machine gone, in a transaction"),
        *(while_it_writes(its_machine_gone), SILENT),
        may=STORE_AWAY | UNSETTLED,
        others_late=CALLERS_AT_ONCE,
        whole_seconds=GIVEN_UP_SECONDS,
        unheard_seconds=UNHEARD_SECONDS,
    ),
    Fault(A_GATEWAY, "SIGTERM", ended(FIRST), GONE),
    Fault(
        *(A_GATEWAY, "SIGSTOP", stopped(FIRST)),
        may=STORE_AWAY | SILENT,
        longest_seconds=PATIENCE_SECONDS,
    ),
    Fault(CLOCK, "10 minutes behind", clock(-600), UNKNOWN, OTHER_TIME),
)
FAULTS = SHORT + LONG


def tried() -> tuple[Fault, ...]:
    """Return the faults of this run."""
    return FAULTS if SECONDS else SHORT
