"""Who cannot prove to be the agency's server is not asked anything.

The identity number leaves with the question, so the handshake decides before any of
it is sent: in every refusal the server has been told nothing.
"""

import asyncio
import ssl
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.answer import SourceOutcome
from tests.attacks.certificates import Authority, authority_in
from tests.attacks.upstream import asked, asking, honest_answer, http, sends, serving

HONEST = sends(http(honest_answer()))


@pytest.fixture(name="authority")
def _authority(tmp_path: Path) -> Authority:
    return authority_in(tmp_path / "authority")


def trusting(authority: Authority) -> ssl.SSLContext:
    """Return what aiohttp makes for itself, with another authority to trust."""
    return ssl.create_default_context(cafile=authority.file)


def only_tls_1_0(authority: Authority) -> ssl.SSLContext:
    """Return the TLS of a server that stopped learning in 1999."""
    context = authority.server()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


async def test_the_agency_that_proves_itself_is_asked(authority: Authority) -> None:
    async with (
        serving(HONEST, tls=authority.server()) as upstream,
        asking(upstream.url, tls=trusting(authority)) as agency,
    ):
        answer = await asked(agency)

    assert (answer.outcome, len(upstream.questions)) == (SourceOutcome.ANSWERED, 1)


@pytest.mark.parametrize(
    "server_of",
    [
        pytest.param(lambda a: a.server("127.0.0.2"), id="another host"),
        pytest.param(lambda a: a.server(ends_in=timedelta(days=-1)), id="expired"),
        pytest.param(
            lambda a: authority_in(a.folder / "other").server(), id="another authority"
        ),
        pytest.param(only_tls_1_0, id="TLS 1.0"),
    ],
)
async def test_whoever_cannot_is_told_nothing(
    authority: Authority, server_of: Callable[[Authority], ssl.SSLContext]
) -> None:
    async with (
        serving(HONEST, tls=server_of(authority)) as upstream,
        asking(upstream.url, tls=trusting(authority)) as agency,
    ):
        answer = await asked(agency)

    assert (answer.outcome, upstream.questions) == (SourceOutcome.UNREACHABLE, [])


async def test_a_server_in_the_clear_is_told_nothing(authority: Authority) -> None:
    async with serving(HONEST) as upstream:
        url = upstream.url.replace("http://", "https://")
        async with asking(url, tls=trusting(authority)) as agency:
            answer = await asked(agency)

    assert (answer.outcome, upstream.questions) == (SourceOutcome.TIMED_OUT, [])


async def test_the_old_server_does_speak_to_old_clients(authority: Authority) -> None:
    """What refuses TLS 1.0 above is the gateway, and not the test's server."""
    client = trusting(authority)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        client.minimum_version = ssl.TLSVersion.TLSv1
    client.set_ciphers("ALL:@SECLEVEL=0")

    async with serving(HONEST, tls=only_tls_1_0(authority)) as upstream:
        host, port = upstream.url.removeprefix("https://").split("/")[0].split(":")
        _, writer = await asyncio.open_connection(host, int(port), ssl=client)
        spoken = writer.get_extra_info("ssl_object").version()
        writer.close()

    assert spoken == "TLSv1"
