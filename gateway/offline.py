"""Check one signed record offline, years later if need be, and show every check.

The trust bundle is all that is needed: no gateway, no agency, no network.
"""

from datetime import datetime, timedelta
from pathlib import Path

from gateway.errors import StartError
from gateway.trust import read_bundle
from signing.envelope import Envelope, Freshness, PayloadType
from signing.report import CheckOutcome, CheckResult, examine


def examine_file(  # noqa: PLR0913 - one argument an option of the command
    file: Path,
    trust: Path,
    *,
    body: Path | None,
    item: str | None,
    at: datetime,
    max_age: timedelta | None,
) -> tuple[CheckResult, ...]:
    """Return every check of the JWS in ``file``.

    One line feed at the end of the file is the editor's, not the signer's, and is
    left out; anything else that does not belong is refused.

    Raises:
        StartError: a file cannot be read, or ``trust`` is no trust bundle.
    """
    signature = _read(file).removesuffix(b"\n")
    envelope = Envelope(signature, None if body is None else _read(body))
    freshness = None
    if max_age is not None:
        freshness = Freshness(max_age=max_age, skew=timedelta(minutes=1))
    return examine(
        envelope,
        read_bundle(trust),
        types=frozenset(PayloadType),
        at=at,
        freshness=freshness,
        item_code=item,
    )


def is_believed(results: tuple[CheckResult, ...]) -> bool:
    """Say whether no check failed; one that was not asked for does not count."""
    return all(result.outcome is not CheckOutcome.FAILED for result in results)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from None
