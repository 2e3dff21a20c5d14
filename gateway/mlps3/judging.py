"""Judge each item by a configuration, and refuse a start where one is unmet.

``OPEN`` is what a gateway cannot answer for by itself: somebody else does, or the item
is met for what can be configured and not for all of its data. It refuses no start, and
is shown to whoever examines.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from connectors.manifest import Manifest
from gateway.errors import StartError
from gateway.mlps3.items import Item, load_items
from gateway.mlps3.uses import Use, uses_of
from gateway.settings.receipts import Receipts
from gateway.settings.settings import Mode, Profile, Settings
from signing.algorithms import Algorithm

SIX_MONTHS = 183
"""Days; the Cybersecurity Law, article 21(3), has six months at least."""


class Verdict(StrEnum):
    """How an item stands."""

    MET = "MET"
    OPEN = "OPEN"
    UNMET = "UNMET"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """An item, how it stands, and what it rests on."""

    item: Item
    verdict: Verdict
    uses: Sequence[Use]


@dataclass(frozen=True, slots=True)
class Running:
    """What is judged."""

    settings: Settings
    uses: Sequence[Use]

    def of(self, *data: str) -> Sequence[Use]:
        """Return the uses for some data."""
        return [use for use in self.uses if use.data in data]


def judge(
    settings: Settings, manifests: Sequence[Manifest], now: datetime
) -> Sequence[Found]:
    """Return every item of the table.

    Raises:
        StartError: a file of keys cannot be read.
    """
    running = Running(settings, uses_of(settings, manifests, now))
    return [
        Found(
            item=item,
            verdict=CHECKS[item.id](running),
            uses=running.of(*item.rests_on),
        )
        for item in load_items().item
    ]


def require_profile(
    settings: Settings, manifests: Sequence[Manifest], now: datetime
) -> None:
    """Refuse a start by a profile that is not met, item by item.

    Raises:
        StartError: naming each unmet item, and what to set.
    """
    if settings.profile is not Profile.MLPS3:
        return
    unmet = [
        f"\n  {one.item.standard} {one.item.clause} {one.item.en}: {one.item.remedy}"
        for one in judge(settings, manifests, now)
        if one.verdict is Verdict.UNMET
    ]
    if unmet:
        raise StartError(
            f'profile = "{settings.profile}": {len(unmet)} unmet{"".join(unmet)}'
        )


def _if(holds: bool, otherwise: Verdict = Verdict.UNMET) -> Verdict:
    return Verdict.MET if holds else otherwise


def _sent_secret(running: Running) -> Verdict:
    uses = running.of("callers-traffic", "agencies-traffic")
    if any(use.algorithm == "none" and not use.is_open for use in uses):
        return Verdict.UNMET
    return _if(not any(use.is_open for use in uses), Verdict.OPEN)


def _kept_secret(running: Running) -> Verdict:
    """Collected records are rows in clear: the database or its disk encrypts them."""
    return Verdict.OPEN if running.of("evidence") else Verdict.UNMET


def _product(running: Running) -> Verdict:
    """What signs can be in a product; keys that seal are files, whatever is set."""
    signed = running.of("receipts", "credentials")
    if not signed or any(use.product_certificate is None for use in signed):
        return Verdict.UNMET
    return Verdict.OPEN


def _algorithm(running: Running) -> Verdict:
    signed = running.of("receipts", "credentials")
    if not signed or any(use.algorithm != Algorithm.SM2 for use in signed):
        return Verdict.UNMET
    return Verdict.OPEN


def _audited(running: Running) -> Verdict:
    days = running.settings.privacy.audit_retention_days
    return _if(days >= SIX_MONTHS and bool(running.of("log")))


def _stand_by(running: Running) -> Verdict:
    """Several gateways may be before one PostgreSQL; its own standby is not seen."""
    if running.settings.database_url.startswith("postgresql:"):
        return Verdict.OPEN
    return Verdict.UNMET


def _non_repudiation(running: Running) -> Verdict:
    is_for_all = running.settings.receipts is Receipts.ALWAYS
    return _if(is_for_all and bool(running.of("receipts")))


def _roles_apart(running: Running) -> Verdict:
    settings = running.settings
    return _if(settings.mode is Mode.PRODUCTION and not settings.graphiql)


CHECKS: Mapping[str, Callable[[Running], Verdict]] = {
    "log-in": lambda running: _if(not running.settings.tokens),
    "sent-secret": _sent_secret,
    "kept-secret": _kept_secret,
    "kept-whole": lambda running: _if(bool(running.of("log"))),
    "non-repudiation": _non_repudiation,
    "product": _product,
    "algorithm": _algorithm,
    "changed-often": lambda running: _if(
        all(token.expires_at is not None for token in running.settings.tokens)
    ),
    "roles-apart": _roles_apart,
    "audited": _audited,
    "stand-by": _stand_by,
    "personal-data": lambda running: _if(running.settings.privacy.require_elements),
}
"""How each item of the table is judged, by its id."""
