"""Gateways to follow: one with patience, and one with none, each with callers."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from store.store import Store, open_store
from tests.gateway.privacy.callers import entry
from tests.running import Agencies, Gateway, running_gateway

READ = "certificates:read"
CALLERS = tuple(f"follower-{number}" for number in range(12))
"""Callers whose connections nobody else counts; their tokens are their names."""
STRANGER = "follower-of-nothing"
EXPIRING = tuple(f"expiring-{number}" for number in range(2))
"""Callers who are nobody soon after their gateway was started."""
EXPIRES_SECONDS = 8.0
LIMITS = """
[subscriptions]
init_seconds = 1.0
ping_seconds = 0.3
idle_seconds = 1.5
renew_seconds = 0.2
send_seconds = 1.0
message_bytes = 2000
messages_a_minute = 40
subscriptions_a_connection = 2
connections_a_caller = 2
"""


def expiring(caller: str, at: datetime) -> str:
    """Return the entry of a caller whose token ends."""
    return f"{entry(caller, READ, purpose=False)}\nexpires_at = {at.isoformat()}"


@pytest.fixture(scope="package", name="strict")
def _strict(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway in production that waits for nobody."""
    folder = tmp_path_factory.mktemp("strict")
    tables = "\n".join(
        (
            *(entry(c, READ, "schema:read", purpose=False) for c in CALLERS),
            entry(STRANGER, "identity:read", "schema:read", purpose=False),
            LIMITS,
        )
    )
    with running_gateway(
        folder, running_agencies, tables=tables, mode="production"
    ) as gateway:
        yield gateway


@pytest.fixture(name="short_lived")
def _short_lived(
    agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway whose callers' tokens end soon after its start."""
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=EXPIRES_SECONDS)
    folder = tmp_path_factory.mktemp("short-lived")
    quick = "[subscriptions]\nrenew_seconds = 0.2"
    tables = "\n".join((*(expiring(c, ends) for c in EXPIRING), quick))
    with running_gateway(folder, agencies, tables=tables) as gateway:
        yield gateway


@pytest.fixture(name="strict_store")
async def _strict_store(strict: Gateway) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{strict.folder}/gateway.db") as store:
        yield store


@pytest.fixture(name="store")
async def _store(gateway: Gateway) -> AsyncIterator[Store]:
    """The database of the gateway with patience."""
    async with open_store(f"sqlite:///{gateway.folder}/gateway.db") as store:
        yield store
