"""What offices and agencies wait for, and what is done about payments.

No peer does any of it. Each is measured on both databases, our gateway alone; the
table of a kind of work has a row a database. Several gateways have PostgreSQL alone,
and a row a way to put them up.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from benchmarks.burst import burst
from benchmarks.collecting import collected
from benchmarks.databases import Database, opened_databases
from benchmarks.deciding import decided
from benchmarks.growing import grown, read_meanwhile
from benchmarks.hash_log import logged
from benchmarks.hedging import hedged
from benchmarks.mass_revoking import mass_revoked
from benchmarks.night_check import checked_claims
from benchmarks.overload import TIMES, overloaded
from benchmarks.rechecking import rechecked
from benchmarks.reconciling import reconciled
from benchmarks.revoking import revoked
from benchmarks.scaling import scaled_out
from benchmarks.sick_agencies import sick
from benchmarks.stage import Stage
from benchmarks.warm_log import LogState, answered_beside


class Work(StrEnum):
    """What is waited for."""

    CHECK = "check"
    """A file of claims, compared by ``gateway check``."""
    COLLECTION = "collection"
    """An agency's records, sent by the thousand."""
    REVOCATION = "revocation"
    """From the acknowledgement to the answers of the last gateway."""
    DECISIONS = "decisions"
    """Recorded by fifty callers at once."""
    RECHECK = "recheck"
    """What was paid, asked about again by ``gateway recheck``."""
    RECONCILIATION = "reconciliation"
    """A list of a million claims, compared with the ledger."""
    GROWTH = "growth"
    """People read among ten thousand collected records, and among many."""
    MEANWHILE = "meanwhile"
    """Answers from collected records, while more come."""
    OVERLOAD = "overload"
    """More questions a second than can be answered."""
    BURST = "burst"
    """Ten times as many clients within a minute."""
    SICK_AGENCY = "sick-agency"
    """One agency in trouble, one kind of trouble after the other."""
    HEDGING = "hedging"
    """An agency at two addresses, some of whose answers are slow."""
    MASS_REVOCATION = "mass-revocation"
    """A thousand revocations at once, of which a thousand clients are told."""
    LOG = "log"
    """The log of hashes, at a length: appended to, proved, verified."""
    WARM_LOG = "warm-log"
    """The same people again and again, with the log on, off and stuck."""
    SCALING = "scaling"
    """One, two and four gateways on one PostgreSQL, a pooler before it, a standby."""


Figures = Mapping[str, float]
"""What was found on one database, by what it is."""

COLUMNS: Mapping[Work, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        Work.CHECK: {
            "claims": ("claims", "{:,.0f}"),
            "claims/s": ("claims_a_second", "{:,.0f}"),
            "µs a claim": ("cpu_us_a_claim", "{:.0f}"),
            "memory MB": ("memory_mb", "{:.0f}"),
        },
        Work.COLLECTION: {
            "records": ("records", "{:,.0f}"),
            "records/s": ("records_a_second", "{:,.0f}"),
            "µs a record": ("cpu_us_a_record", "{:.0f}"),
            "largest before, MB": ("memory_before_mb", "{:.0f}"),
            "after a tenth": ("memory_early_mb", "{:.0f}"),
            "after all": ("memory_mb", "{:.0f}"),
        },
        Work.REVOCATION: {
            "gateways": ("gateways", "{:.0f}"),
            "revocations": ("revocations", "{:.0f}"),
            "median ms": ("p50_ms", "{:.0f}"),
            "slowest ms": ("slowest_ms", "{:.0f}"),
        },
        Work.DECISIONS: {
            "payments in the ledger": ("ledger", "{:,.0f}"),
            "callers": ("callers", "{:.0f}"),
            "decisions/s": ("decisions_a_second", "{:.0f}"),
            "asked again": ("again", "{:.0f}"),
            "µs a decision": ("cpu_us_a_decision", "{:,.0f}"),
            "p50 ms": ("p50_ms", "{:.0f}"),
            "p99 ms": ("p99_ms", "{:.0f}"),
        },
        Work.RECHECK: {
            "payments in the ledger": ("ledger", "{:,.0f}"),
            "asked about": ("payments", "{:,.0f}"),
            "payments/s": ("payments_a_second", "{:,.0f}"),
            "hours a million": ("hours_a_million", "{:.1f}"),
            "µs a payment": ("cpu_us_a_payment", "{:,.0f}"),
            "memory MB after a tenth": ("memory_early_mb", "{:.0f}"),
            "after all": ("memory_mb", "{:.0f}"),
        },
        Work.RECONCILIATION: {
            "rows": ("rows", "{:,.0f}"),
            "seconds": ("seconds", "{:.0f}"),
            "rows/s": ("rows_a_second", "{:,.0f}"),
            "µs a row": ("cpu_us_a_row", "{:.0f}"),
            "largest before, MB": ("memory_before_mb", "{:.0f}"),
            "after a tenth": ("memory_early_mb", "{:.0f}"),
            "after all": ("memory_mb", "{:.0f}"),
        },
        Work.GROWTH: {
            "records": ("records", "{:,.0f}"),
            "p50 µs among 10,000": ("p50_us_small", "{:,.0f}"),
            "p99 µs": ("p99_us_small", "{:,.0f}"),
            "p50 µs among all": ("p50_us_large", "{:,.0f}"),
            "p99 µs of all": ("p99_us_large", "{:,.0f}"),
            "p99, all / 10,000": ("p99_ratio", "{:.2f}"),
            "table MB": ("table_mb_large", "{:,.0f}"),
            "indexes MB": ("indexes_mb_large", "{:,.0f}"),
        },
        Work.MEANWHILE: {
            "records that come": ("records", "{:,.0f}"),
            "records/s": ("records_a_second", "{:,.0f}"),
            "quiet p50 ms": ("p50_ms_quiet", "{:.0f}"),
            "quiet p99 ms": ("p99_ms_quiet", "{:.0f}"),
            "meanwhile p50 ms": ("p50_ms_meanwhile", "{:.0f}"),
            "meanwhile p99 ms": ("p99_ms_meanwhile", "{:.0f}"),
            "p99, meanwhile / quiet": ("p99_ratio", "{:.2f}"),
        },
        Work.OVERLOAD: {
            "can answer/s": ("can", "{:,.0f}"),
            **{f"good of it at {n}x, %": (f"good_share_{n}", "{:.0f}") for n in TIMES},
            **{f"p99 at {n}x, ms": (f"p99_ms_{n}", "{:,.0f}") for n in TIMES},
            "refused at 4x, p50 ms": ("refused_p50_ms_4", "{:.0f}"),
            "memory before, MB": ("memory_before_mb", "{:.0f}"),
            "after all": ("memory_mb", "{:.0f}"),
        },
        Work.BURST: {
            "clients at last": ("clients", "{:.0f}"),
            "answers": ("answers", "{:,.0f}"),
            "wrong": ("wrong", "{:.0f}"),
            "lost": ("lost", "{:.0f}"),
            "incomplete": ("incomplete", "{:,.0f}"),
            "refused": ("refused", "{:,.0f}"),
            "can answer/s": ("can", "{:,.0f}"),
            "good/s": ("good", "{:,.0f}"),
            "p50 ms": ("p50_ms", "{:,.0f}"),
            "p99 ms": ("p99_ms", "{:,.0f}"),
            "memory MB": ("memory_mb", "{:.0f}"),
        },
        Work.SICK_AGENCY: {
            "asked": ("asked", "{:,.0f}"),
            "wrong": ("wrong", "{:.0f}"),
            "lost": ("lost", "{:.0f}"),
            "without one that is well": ("beyond", "{:.0f}"),
            "refused": ("refused", "{:,.0f}"),
            "the worst p99.9 ms": ("worst_p999_ms", "{:,.0f}"),
            "the worst p50 while open, % of healthy": ("worst_open_share", "{:.0f}"),
        },
        Work.HEDGING: {
            "calls": ("calls", "{:,.0f}"),
            "more calls, %": ("more_calls", "{:.1f}"),
            "p50 ms with one address": ("unhedged_p50_ms", "{:.1f}"),
            "with two": ("p50_ms", "{:.1f}"),
            "p99 ms with one": ("unhedged_p99_ms", "{:.1f}"),
            "with two addresses": ("p99_ms", "{:.1f}"),
        },
        Work.MASS_REVOCATION: {
            "revocations": ("revocations", "{:,.0f}"),
            "followers": ("subscribers", "{:,.0f}"),
            "acknowledged, ms": ("acknowledged_ms", "{:,.0f}"),
            "the last was told of the last, ms": ("last_told_ms", "{:,.0f}"),
            "look-ups/s": ("look_ups_a_second", "{:.0f}"),
            "their p99 before, ms": ("calm_p99_ms", "{:.1f}"),
            "meanwhile": ("p99_ms", "{:.1f}"),
            "refused": ("refused", "{:.0f}"),
            "memory MB": ("memory_mb", "{:.0f}"),
        },
        Work.LOG: {
            "leaves there are": ("leaves", "{:,.0f}"),
            "bytes a leaf": ("bytes_a_leaf", "{:.0f}"),
            "appended": ("appended", "{:,.0f}"),
            "leaves/s": ("appended_a_second", "{:,.0f}"),
            "µs a leaf": ("cpu_us_a_leaf", "{:.0f}"),
            "inclusion proved, µs": ("proof_us", "{:,.0f}"),
            "verified, µs": ("verify_us", "{:.0f}"),
            "growth proved, µs": ("consistency_us", "{:,.0f}"),
            "growth verified, µs": ("verify_consistency_us", "{:.0f}"),
        },
        Work.WARM_LOG: {
            **{
                f"{what}, {state}": (
                    f"{state}_{name}",
                    "{:.2f}" if "ms" in name else "{:.0f}",
                )
                for name, what in (
                    ("cpu_us", "µs"),
                    ("p50_ms", "p50 ms"),
                    ("p99_ms", "p99 ms"),
                )
                for state in LogState
            },
            "p99, on / off, %": ("on_p99_more", "{:+.1f}"),
            "p99, stuck / off, %": ("stuck_p99_more", "{:+.1f}"),
        },
        Work.SCALING: {
            "requests/s": ("requests_a_second", "{:,.0f}"),
            "µs of the gateways": ("cpu_us", "{:,.0f}"),
            "of PostgreSQL": ("database_us", "{:,.0f}"),
            "of what is beside": ("beside_us", "{:,.0f}"),
            "all, over one gateway's, %": ("more", "{:+.0f}"),
            "p50 ms": ("p50_ms", "{:.0f}"),
            "p99 ms": ("p99_ms", "{:.0f}"),
            "connections": ("connections", "{:.0f}"),
            "WAL, kB": ("wal_kb", "{:.1f}"),
        },
    }
)
"""The columns of a kind of work: which figure stands there, and how."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one kind of work took on one database."""

    work: Work
    database: str
    """Or, where that is the same for all, what is beside it."""
    figures: Figures


def measured(work: Work, stage: Stage, records: int) -> Iterator[Found]:
    """Measure ``work`` on each database, a new one each time.

    ``records`` is how many are collected or read among, how many rows are
    reconciled, and how many leaves a log has.
    """
    with opened_databases(stage.folder) as databases:
        if work is Work.SCALING:
            for setup, figures in scaled_out(stage, databases):
                yield Found(work, setup, figures)
            return
        for database in Database:
            address = databases.empty(database)
            yield Found(work, database, _figures(work, stage, address, records))


_MEASURES: Mapping[Work, Callable[[Stage, str], Figures]] = MappingProxyType(
    {
        Work.CHECK: checked_claims,
        Work.REVOCATION: revoked,
        Work.DECISIONS: decided,
        Work.RECHECK: rechecked,
        Work.OVERLOAD: overloaded,
        Work.BURST: burst,
        Work.SICK_AGENCY: sick,
        Work.HEDGING: hedged,
        Work.MASS_REVOCATION: mass_revoked,
        Work.WARM_LOG: answered_beside,
    }
)
_OF_RECORDS: Mapping[Work, Callable[[Stage, str, int], Figures]] = MappingProxyType(
    {
        Work.COLLECTION: collected,
        Work.RECONCILIATION: reconciled,
        Work.GROWTH: grown,
        Work.MEANWHILE: read_meanwhile,
        Work.LOG: logged,
    }
)


def _figures(work: Work, stage: Stage, address: str, records: int) -> Figures:
    if work in _OF_RECORDS:
        return _OF_RECORDS[work](stage, address, records)
    return _MEASURES[work](stage, address)
