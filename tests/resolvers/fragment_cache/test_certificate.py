"""A certificate's rendering depends on all that its fields are made of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest
from strawberry.utils.str_converters import to_camel_case

from bureau.privacy.masks import Mask
from connectors.answer import ShownCertificate
from connectors.connector import Collected
from policy.certificate import CertificateState, StateChange
from policy.evidence import AccountState, Claimant
from policy.identity import parse_identity
from resolvers.certificates.certificate import Certificate, certificate_of
from resolvers.certificates.connection import CertificateConnection, connection_of
from resolvers.certificates.provenance import provenance_of
from resolvers.context import RequestContext, Services
from resolvers.fragment_cache.sight import Sight
from tests.bureau.test_person import CLAIMANT, GOOD
from tests.connectors.agency import NOW, ZHANG, absence

NOTHING = cast("Services", None)
"""None of the fields that are asked for here needs services."""
SIGHT = Sight(NOTHING, Mask(lifted=False), date(2026, 5, 4))
SHOWN = certificate_of(GOOD, CLAIMANT, NOTHING, SIGHT.mask)


def of(**changes: object) -> Certificate:
    attested = replace(GOOD, **changes)  # type: ignore[arg-type]  # test literals
    return replace(SHOWN, attested=attested)


SENT = StateChange(
    state=CertificateState.SUSPENDED,
    effective_on=date(2026, 5, 1),
    received_at=NOW,
)
SIGHTS = [
    pytest.param(replace(SIGHT, mask=Mask(lifted=True)), id="who sees it"),
    pytest.param(replace(SIGHT, today=date(2026, 5, 5)), id="the day"),
]
OTHERS: dict[str, Callable[[], Certificate]] = {
    "record": lambda: of(record=replace(GOOD.record, title="another")),
    "what was sent of its state": lambda: of(
        record=replace(GOOD.record, changes=(SENT,))
    ),
    "what cannot be known of its state": lambda: of(
        record=replace(GOOD.record, changes=None)
    ),
    "bytes": lambda: of(envelope=absence()),
    "key": lambda: of(attestation=replace(GOOD.attestation, key_in_force=False)),
    "account": lambda: of(
        attestation=replace(GOOD.attestation, account=AccountState.FROZEN)
    ),
    "agency": lambda: of(agency="fire-rescue"),
    "shared bytes": lambda: of(is_envelope_shared=True),
    "older versions": lambda: of(supersedes=(GOOD,)),
    "claimant": lambda: replace(
        SHOWN, claimant=Claimant(parse_identity(ZHANG), name="张三")
    ),
}


@pytest.mark.parametrize("other", OTHERS)
def test_another_certificate_is_another_rendering(other: str) -> None:
    assert OTHERS[other]().depends_on(SIGHT) != SHOWN.depends_on(SIGHT)


@pytest.mark.parametrize("sight", SIGHTS)
def test_another_sight_is_another_rendering(sight: Sight) -> None:
    assert SHOWN.depends_on(sight) != SHOWN.depends_on(SIGHT)


def test_a_record_that_is_read_anew_is_the_same_rendering() -> None:
    again = of(record=replace(GOOD.record), proof=replace(GOOD.proof))

    assert again.depends_on(SIGHT) == SHOWN.depends_on(SIGHT)


def test_what_was_sent_is_put_on_anew_and_is_the_same_rendering() -> None:
    shown, again = (
        of(record=replace(GOOD.record, changes=(replace(SENT),))) for _ in range(2)
    )

    assert shown.depends_on(SIGHT) == again.depends_on(SIGHT)


def test_the_moment_it_came_makes_no_other_rendering() -> None:
    later = of(retrieved_at=NOW + timedelta(hours=1))

    assert later.depends_on(SIGHT) == SHOWN.depends_on(SIGHT)


def page(*certificates: ShownCertificate, **asked: Any) -> CertificateConnection:
    question = {"paid": None, "selection": None, "first": None, "after": None}
    context = cast("RequestContext", SIGHT)
    return connection_of(certificates, CLAIMANT, context, **(question | asked))


ANOTHER = replace(GOOD, record=replace(GOOD.record, title="another"))
PAGES: dict[str, Callable[[], CertificateConnection]] = {
    "fewer certificates": lambda: page(GOOD),
    "another order": lambda: page(ANOTHER, GOOD),
    "more of them on other pages": lambda: page(GOOD, ANOTHER, GOOD, first=2),
    "what was paid before": lambda: page(GOOD, ANOTHER, paid=()),
}


@pytest.mark.parametrize("other", PAGES)
def test_another_page_is_another_rendering(other: str) -> None:
    assert PAGES[other]().depends_on(SIGHT) != page(GOOD, ANOTHER).depends_on(SIGHT)


@pytest.mark.parametrize("sight", SIGHTS)
def test_another_sight_is_another_rendering_of_a_page(sight: Sight) -> None:
    assert page(GOOD).depends_on(sight) != page(GOOD).depends_on(SIGHT)


def test_a_page_of_the_same_is_the_same_rendering() -> None:
    again = page(of(record=replace(GOOD.record)).attested, ANOTHER)

    assert again.depends_on(SIGHT) == page(GOOD, ANOTHER).depends_on(SIGHT)
    assert again.dependence_bytes == 2 * SHOWN.dependence_bytes


LATER = NOW + timedelta(hours=1)
SENT_THEN = of(collected=Collected(NOW, 7))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"retrieved_at": LATER}, "retrieved_at"),
        ({"as_of": LATER}, "as_of"),
        ({"collected": Collected(LATER, 7)}, "collected_at"),
        ({"collected": Collected(NOW, 8)}, "sequence"),
    ],
)
def test_what_makes_no_other_rendering_is_in_none_that_is_kept(
    changes: dict[str, object], name: str
) -> None:
    other = of(**({"collected": Collected(NOW, 7)} | changes))
    shown, again = (provenance_of(one.attested) for one in (SENT_THEN, other))

    assert getattr(shown, name) != getattr(again, name)
    assert SENT_THEN.depends_on(SIGHT) == other.depends_on(SIGHT)
    assert f"Provenance.{to_camel_case(name)}" in Certificate.live


def test_nor_is_what_the_log_says_of_it() -> None:
    assert "Provenance.checks" in Certificate.live
