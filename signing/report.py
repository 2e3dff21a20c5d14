"""Every check of an envelope, with its outcome.

``verify`` stops at the first refusal, for speed and because one is enough to refuse.
An agency that looks for its mistake, or an auditor, is better served by all of them:
``examine`` runs the same functions and goes on where a check does not need what a
failed one would have established. It releases nothing: neither the payload nor the
header, only the rows. ``tests/signing/test_report.py`` holds that both agree.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from signing import batches, checks, strict_json
from signing.envelope import Envelope, Freshness, PayloadType
from signing.errors import Check, Refusal, SigningError
from signing.trust import TrustBundle

CHECKS: Final = tuple(Check)
"""All checks, in the order of the rows."""


_NOTHING_TO_CHECK = "what this check needs was not established, or not asked for"


class CheckOutcome(StrEnum):
    """The outcome of one check."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    NOT_RUN = "NOT_RUN"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check and its outcome; ``detail`` says why it failed or was not run."""

    check: Check
    outcome: CheckOutcome
    refusal: Refusal | None = None
    detail: str = ""


def examine(  # noqa: PLR0913 - the five of ``verify`` and the item
    envelope: Envelope,
    bundle: TrustBundle,
    *,
    types: Collection[PayloadType],
    at: datetime,
    freshness: Freshness | None,
    item_code: str | None = None,
) -> tuple[CheckResult, ...]:
    """Run every check that can be run; return one row a check, in their order.

    A check is not run if it needs what a failed one would have established, or if
    the question leaves it out: freshness without a limit, scope without an
    ``item_code``. Without a verified signature ``kid`` and ``iat`` are claims, and
    the rows that rest on them say what would be so if they were true.
    """
    body = envelope.body
    rows = _Rows()
    rows.run(Check.SIZE, lambda it: checks.size(it.signature, body), envelope)
    small = envelope if rows.passed(Check.SIZE) else None
    parts = rows.run(Check.FORM, lambda it: checks.form(it.signature, body), small)
    header = rows.run(Check.HEADER, checks.header, parts)
    rows.run(Check.KEY_SOURCE, checks.key_source, header)
    rows.run(Check.CRITICAL, lambda it: checks.critical(it, body), header)
    rows.run(Check.TYPE, lambda it: checks.payload_type(it, types), header)
    signed_at = rows.run(Check.SIGNING_TIME, checks.signing_time, header)
    key = rows.run(Check.KEY, lambda it: checks.known_key(it, bundle), header)
    rows.run_both(Check.ALGORITHM, checks.algorithm, header, key)
    # The key alone says how to verify, so a wrong ``alg`` does not stand in the way;
    # an extension that is not understood does.
    readable = parts if rows.passed(Check.CRITICAL) else None
    rows.run_both(
        Check.SIGNATURE,
        lambda it, key: batches.signature(it, header or {}, key),
        readable,
        key,
    )
    rows.run(Check.STATE, lambda it: checks.key_state(it, at), key)
    rows.run_both(
        Check.WINDOW,
        lambda key, signed_at: checks.key_window(key, signed_at, at),
        key,
        signed_at,
    )
    rows.run_both(
        Check.FRESHNESS,
        lambda signed_at, limit: checks.freshness(
            signed_at, at, limit.max_age, limit.skew
        ),
        signed_at,
        freshness,
    )
    believed = parts if rows.passed(Check.SIGNATURE) else None
    rows.run(
        Check.PAYLOAD, lambda it: strict_json.read(it.payload, Check.PAYLOAD), believed
    )
    rows.run_both(Check.SCOPE, checks.scope, key, item_code)
    return tuple(rows.results)


A = TypeVar("A")
B = TypeVar("B")
Established = TypeVar("Established")


class _Rows:
    """The rows so far. What a check needs is ``None`` where it was not established."""

    def __init__(self) -> None:
        self.results: list[CheckResult] = []

    def run(
        self, check: Check, step: Callable[[A], Established], needed: A | None
    ) -> Established | None:
        return self.run_both(check, lambda it, _: step(it), needed, needed)

    def run_both(
        self,
        check: Check,
        step: Callable[[A, B], Established],
        first: A | None,
        second: B | None,
    ) -> Established | None:
        if first is None or second is None:
            self.results.append(
                CheckResult(check, CheckOutcome.NOT_RUN, detail=_NOTHING_TO_CHECK)
            )
            return None
        try:
            established = step(first, second)
        except SigningError as error:
            self.results.append(
                CheckResult(check, CheckOutcome.FAILED, error.refusal, error.detail)
            )
            return None
        self.results.append(CheckResult(check, CheckOutcome.PASSED))
        return established

    def passed(self, check: Check) -> bool:
        return CheckResult(check, CheckOutcome.PASSED) in self.results
