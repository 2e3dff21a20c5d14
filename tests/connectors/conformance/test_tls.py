"""What the kit says of an agency's TLS."""

import ssl
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.conformance.codes import Check
from connectors.conformance.report import Outcome
from tests.attacks.certificates import DAY, Authority, authority_in
from tests.connectors.conformance.kit import checked, codes, outcome
from tests.connectors.conformance.registry import Registry, serving

LONG = timedelta(days=90)


def honest(authority: Authority) -> ssl.SSLContext:
    """Return the TLS of a server as it should be."""
    return authority.server(ends_in=LONG)


def old(authority: Authority, *, only: bool) -> ssl.SSLContext:
    """Return the TLS of a server that still speaks TLS 1.0."""
    context = honest(authority)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        if only:
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


SERVERS: dict[str, Callable[[Authority], ssl.SSLContext]] = {
    "another host": lambda a: a.server("127.0.0.2", ends_in=LONG),
    "expired": lambda a: a.server(ends_in=-DAY),
    "another authority": lambda a: honest(authority_in(a.folder / "other")),
    "only old": lambda a: old(a, only=True),
    "old too": lambda a: old(a, only=False),
    "ends soon": lambda a: a.server(ends_in=29 * DAY),
}
FOUND = {
    "another host": "TLS_WRONG_HOST",
    "expired": "TLS_EXPIRED",
    "another authority": "TLS_UNTRUSTED",
    "only old": "TLS_OLD_VERSION_ONLY",
    "old too": "TLS_OLD_VERSION_TAKEN",
    "ends soon": "TLS_EXPIRES_SOON",
    "in the clear": "NO_CONNECTION",
}
BELIEVED = {"old too", "ends soon"}


@pytest.fixture(name="authority")
def _authority(tmp_path: Path) -> Authority:
    return authority_in(tmp_path / "authority")


def trusting(authority: Authority) -> ssl.SSLContext:
    """Return what a gateway has that trusts ``authority``."""
    return ssl.create_default_context(cafile=authority.file)


async def test_nothing_is_wrong_with_an_honest_server(authority: Authority) -> None:
    async with serving(Registry(), honest(authority)) as registry:
        report = await checked(
            registry.manifest,
            registry.bundle(),
            registry.plan,
            tls=trusting(authority),
        )

    assert report.findings == []
    assert outcome(report, Check.TLS) is Outcome.PASSED


@pytest.mark.parametrize("case", list(SERVERS))
async def test_what_is_wrong_with_a_server_is_found(
    authority: Authority, case: str
) -> None:
    async with serving(Registry(), SERVERS[case](authority)) as registry:
        report = await checked(
            registry.manifest,
            registry.bundle(),
            registry.plan,
            tls=trusting(authority),
        )

    assert codes(report) == {FOUND[case]}
    assert report.is_conforming is (case in BELIEVED)
    assert (registry.questions > 0) is (case in BELIEVED)


async def test_a_server_in_the_clear_is_found(authority: Authority) -> None:
    async with serving(Registry()) as registry:
        registry.url = registry.url.replace("http://", "https://")
        report = await checked(
            registry.manifest,
            registry.bundle(),
            registry.plan,
            tls=trusting(authority),
        )

    assert codes(report) == {FOUND["in the clear"]}
    assert registry.questions == 0
