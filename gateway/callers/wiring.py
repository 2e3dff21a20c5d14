"""Make the callers out of the configuration."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from bureau.caller import Scope
from gateway.callers.access_tokens import AccessTokens, TrustedIssuer
from gateway.callers.agency_assertions import (
    AGENCIES,
    AgencyAssertions,
    KnownAgency,
)
from gateway.callers.authenticate import Callers
from gateway.callers.client_certificates import ClientCertificates, read_proxies
from gateway.callers.districts import read_districts
from gateway.callers.issuer_keys import IssuerKeys, keys_at_url, keys_in_file
from gateway.callers.key_set import IssuerKey, KeySetError, read_key_set
from gateway.callers.roles import Roles, read_roles
from gateway.callers.routers import Routers
from gateway.callers.single_use import UsedTokens
from gateway.callers.static_tokens import StaticTokens, sha256_of
from gateway.errors import StartError
from gateway.settings.callers import AgencyCallers, Issuer
from gateway.settings.settings import Mode, Settings
from resolvers.context import Services
from signing.trust import TrustedKey
from store.store import Store
from store.used_tokens import StoredUsedTokens

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@asynccontextmanager
async def open_callers(
    services: Services, store: Store
) -> AsyncIterator[Callable[[Settings], Callers]]:
    """Open what callers are named with; what is lent makes them by the settings.

    It raises ``StartError`` if something in the settings cannot be used. An issuer that
    was there before keeps its keys: it may be away just then.
    """
    used = StoredUsedTokens(store.writer)
    now = _seconds(services.clock)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(
            # A session of its own: nothing of an agency's may reach an issuer.
            aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
        )
        keys: dict[tuple[str, str], IssuerKeys] = {}

        def keys_of(issuer: Issuer) -> IssuerKeys:
            if issuer.jwks_file is not None:
                # A file is read again with the rest, and is in force as it was then.
                path = Path(issuer.jwks_file)
                return IssuerKeys(
                    issuer.name, keys_in_file(path), now, _keys_in(path, issuer)
                )
            place = (issuer.name, str(issuer.jwks_url))
            if place not in keys:
                fetch = keys_at_url(place[1], session)
                keys[place] = IssuerKeys(issuer.name, fetch, now)
            return keys[place]

        def callers_by(settings: Settings) -> Callers:
            refuse_unusable_callers(settings)
            roles = read_roles(settings.roles, settings.role_districts)
            return Callers(
                static_tokens=StaticTokens.of(settings.tokens, roles),
                access_tokens=AccessTokens(
                    issuers={
                        issuer.issuer: _trusted(issuer, roles, keys_of(issuer))
                        for issuer in settings.issuers
                    },
                    roles=roles,
                    used=used,
                    pseudonym=services.oversight.pseudonyms.of_officer,
                ),
                agency_assertions=_agency_assertions(
                    settings.agency_callers, roles, services, used
                ),
                client_certificates=_client_certificates(settings, roles),
                routers=Routers(settings.router_tokens),
                now=now,
            )

        yield callers_by


def refuse_unusable_callers(settings: Settings) -> None:
    """Read what names callers, so that a mistake is reported once and at once.

    Raises:
        StartError: something in ``settings`` cannot be used.
    """
    roles = read_roles(settings.roles, settings.role_districts)
    StaticTokens.of(settings.tokens, roles)
    _client_certificates(settings, roles)
    if settings.agency_callers is not None:
        _refuse_agencies_by_district(settings.agency_callers, roles)
    seen: set[str] = set()
    for issuer in settings.issuers:
        roles.scopes_of(issuer, f"issuer {issuer.name}")
        read_districts(issuer.districts, f"issuer {issuer.name}")
        if issuer.name == AGENCIES:
            raise StartError(f"issuer {issuer.name}: the name is the agencies'")
        if seen & {issuer.name, issuer.issuer}:
            raise StartError(f"issuer {issuer.name}: its name or issuer occurs twice")
        seen |= {issuer.name, issuer.issuer}
        _refuse_unusable_keys(issuer)
    _refuse_shown_number(settings, roles)
    _refuse_shown_roles(settings)


def _refuse_agencies_by_district(agencies: AgencyCallers, roles: Roles) -> None:
    roles.scopes_of(agencies, "agency_callers")
    if roles.districts_of(agencies.roles) is not None:
        raise StartError(
            "agency_callers: a role has districts, but an agency sees by its annex "
            "rows; give agencies a role without"
        )


def _refuse_shown_number(settings: Settings, roles: Roles) -> None:
    """Refuse to show everybody a number that the page's token does not let them see."""
    shown = sha256_of(settings.graphiql_token or "")
    seen = {
        scope
        for known in settings.tokens
        if known.sha256 == shown
        for scope in roles.scopes_of(known, f"token of {known.caller}")
    }
    if settings.graphiql_id_number and Scope.READ_IDENTITY not in seen:
        raise StartError(
            "graphiql_id_number: whoever loads the page sees it; leave it out, or set "
            "graphiql_token to a token with identity:read"
        )


def _refuse_shown_roles(settings: Settings) -> None:
    """Refuse to show everybody tokens and people where those may be real."""
    shown = {
        "graphiql_tokens": settings.graphiql_tokens,
        "graphiql_stories": settings.graphiql_stories,
    }
    for name, value in shown.items():
        if value and settings.mode is not Mode.DEMO:
            raise StartError(
                f"{name}: whoever loads the page sees it; leave it out, or set "
                'mode = "demo"'
            )


def _refuse_unusable_keys(issuer: Issuer) -> None:
    place = f"issuer {issuer.name}"
    if (issuer.jwks_file is None) is (issuer.jwks_url is None):
        raise StartError(f"{place}: set one of jwks_file and jwks_url")
    if issuer.jwks_url is not None:
        _refuse_open_address(issuer.jwks_url, place)
    if issuer.jwks_file is not None:
        _keys_in(Path(issuer.jwks_file), issuer)


def _keys_in(path: Path, issuer: Issuer) -> Mapping[str, IssuerKey]:
    try:
        return read_key_set(path.read_bytes())
    except (OSError, KeySetError) as error:
        raise StartError(f"issuer {issuer.name}: {path}: {error}") from None


def _refuse_open_address(url: str, place: str) -> None:
    """Refuse an address whose answer anybody on the way could write."""
    try:
        parts = urlsplit(url)
        is_open = parts.scheme != "https" and parts.hostname not in LOOPBACK
    except ValueError:
        raise StartError(f"{place}: jwks_url is no address") from None
    if is_open or parts.scheme not in ("http", "https") or not parts.hostname:
        raise StartError(f"{place}: jwks_url has to begin with https://")
    if "@" in parts.netloc:
        raise StartError(f"{place}: jwks_url holds a user name or password")


def _trusted(issuer: Issuer, roles: Roles, keys: IssuerKeys) -> TrustedIssuer:
    return TrustedIssuer(
        name=issuer.name,
        issuer=issuer.issuer,
        audience=issuer.audience,
        algorithms=frozenset(issuer.algorithms),
        keys=keys,
        scopes=roles.scopes_of(issuer, f"issuer {issuer.name}"),
        single_use=issuer.single_use,
        subjects_are_officers=issuer.subjects_are_officers,
        subjects_are_callers=issuer.subjects_are_callers,
        districts=read_districts(issuer.districts, f"issuer {issuer.name}"),
        districts_claim=issuer.districts_claim,
    )


def _agency_assertions(
    stated: AgencyCallers | None,
    roles: Roles,
    services: Services,
    used: UsedTokens,
) -> AgencyAssertions | None:
    if stated is None:
        return None
    live = services.live

    def agency_of(name: str) -> KnownAgency | None:
        agency = live.snapshot.registry.agency(name)
        if agency is None:
            return None
        return KnownAgency(agency.manifest.collection_body, agency.account)

    def key_of(kid: str) -> TrustedKey | None:
        return live.snapshot.bundle.keys.get(kid)

    return AgencyAssertions(
        agency_of=agency_of,
        key_of=key_of,
        audience=stated.audience,
        scopes=roles.scopes_of(stated, "agency_callers"),
        used=used,
    )


def _client_certificates(settings: Settings, roles: Roles) -> ClientCertificates:
    if settings.client_certificates and not settings.client_certificate_proxies:
        ended = (
            "nothing hands certificates on"
            if settings.tls is None
            else "the gateway's own tls does not say whose certificate it was"
        )
        raise StartError(
            f"client_certificates: {ended}; have a proxy send Client-Cert (see "
            "docs/operating.md, client certificates), and set "
            "client_certificate_proxies to its address"
        )
    return ClientCertificates(
        proxies=read_proxies(settings.client_certificate_proxies),
        callers={
            known.sha256: roles.caller_of(known, f"certificate of {known.caller}")
            for known in settings.client_certificates
        },
    )


def _seconds(clock: Callable[[], datetime]) -> Callable[[], float]:
    return lambda: clock().timestamp()
