"""What is changed on the way to a database, over TLS, is a connection that is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from connectors.errors import StoreUnavailableError
from sandbox.link import Certificates, Link
from sandbox.troubles import Knobs, Trouble
from store.store import open_store
from tests.attacks.certificates import authority_in
from tests.postgresql import PostgreSQL
from tests.store.test_failover import tokens, write

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
HOST = "127.0.0.1"


@asynccontextmanager
async def before(link: Link) -> AsyncIterator[int]:
    """Let one connect through a link; the value is the port."""
    server = await asyncio.start_server(link.accept, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await link.close()
        # Transports that are closed are gone a moment later, with TLS one more.
        await asyncio.sleep(0)


@pytest.mark.parametrize("trouble", [Trouble.FLIPPED_QUESTION, Trouble.FLIPPED_ANSWER])
async def test_a_changed_bit_is_a_lost_connection_and_no_row(
    database_url: str, request: pytest.FixtureRequest, tmp_path: Path, trouble: Trouble
) -> None:
    server: PostgreSQL = request.getfixturevalue("postgresql")
    authority = authority_in(tmp_path / "authority")
    authority.server()
    shown = authority.folder / "server.pem"
    # The server of these tests speaks no TLS itself.
    ending = Link(f"{server.folder}/.s.PGSQL.5432", Certificates(shown, shown))
    name = make_url(database_url).database
    async with before(ending) as behind:
        way = Link(f"{HOST}:{behind}")
        async with before(way) as port:
            place = f"{HOST}:{port}/{name}?ssl=require&direct_tls=true"
            async with open_store(f"postgresql://postgres@{place}") as store:
                await write(store, "before")

                way.turn(Knobs(trouble=trouble))
                with pytest.raises(StoreUnavailableError):
                    await write(store, "changed")
                way.turn(Knobs())
                await write(store, "after")

                assert await tokens(store) == {"before", "after"}
