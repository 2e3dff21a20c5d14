"""A certificate is found by its id, and paid for only as its registry says now."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.answer import AttestedCertificate, UnsignedCertificate
from resolvers.certificates.find import (
    Unanswered,
    find_certificate,
    find_for_payment,
)
from resolvers.context import RequestContext
from tests.connectors.agency import NOW
from tests.connectors.collection.test_connector import ONLY_SENDS, Sent, opened
from tests.resolvers.answered import IDS, SIGNED, UNSIGNED, Asked, answer
from tests.resolvers.attested import certificate

OLD = replace(SIGNED, as_of=NOW - timedelta(days=1))
OTHERS = certificate(number="9999999")
Found = AttestedCertificate | UnsignedCertificate | Unanswered | None
Find = Callable[[RequestContext, str], Awaitable[Found]]
BOTH_WAYS = pytest.mark.parametrize("find", [find_certificate, find_for_payment])


async def found_by(asked: Asked, find: Find, id_: str) -> Found:
    """Find what ``id_`` is of, by a registry with one agency."""
    async with opened(ONLY_SENDS, Sent()) as agency:
        return await find(asked.context(agency), id_)


@BOTH_WAYS
async def test_what_its_agency_signs_is_found_and_nothing_beside_it(
    find: Find,
) -> None:
    asked = Asked([answer(OTHERS, SIGNED)])

    found = await found_by(asked, find, IDS.seal(SIGNED))

    assert found is SIGNED
    assert asked.shown == [1]


@BOTH_WAYS
async def test_what_its_agency_has_no_more_is_not_found(find: Find) -> None:
    asked = Asked([answer(OTHERS)])

    assert await found_by(asked, find, IDS.seal(SIGNED)) is None
    assert asked.shown == [0]


@BOTH_WAYS
async def test_who_cannot_tell_has_not_said_that_there_is_none(find: Find) -> None:
    told = answer(OTHERS, is_complete=False)

    found = await found_by(Asked([told]), find, IDS.seal(SIGNED))

    assert isinstance(found, Unanswered)
    assert (found.agency.id, found.answer) == ("transport", told)


@BOTH_WAYS
async def test_an_id_that_is_none_costs_what_a_person_costs(find: Find) -> None:
    asked = Asked([answer(SIGNED)])

    assert await found_by(asked, find, "no id") is None
    assert asked.shown == [0]


@BOTH_WAYS
async def test_so_does_that_of_an_agency_that_is_gone(find: Find) -> None:
    asked = Asked([answer(SIGNED)])

    assert await find(asked.context(), IDS.seal(SIGNED)) is None
    assert asked.shown == [0]


@pytest.mark.parametrize(
    ("find", "of_store"),
    [(find_certificate, []), (find_for_payment, ["collected", "versions"])],
)
async def test_before_a_payment_what_other_gateways_saw_is_read(
    find: Find, of_store: list[str]
) -> None:
    asked = Asked([answer(SIGNED)])

    await found_by(asked, find, IDS.seal(SIGNED))

    assert asked.of_store == of_store


@pytest.mark.parametrize(
    ("find", "shown"), [(find_certificate, OLD), (find_for_payment, None)]
)
async def test_what_was_true_once_is_shown_and_not_paid_for(
    find: Find, shown: Found
) -> None:
    assert await found_by(Asked([answer(OLD)]), find, IDS.seal(SIGNED)) is shown


@pytest.mark.parametrize(
    ("find", "shown"), [(find_certificate, UNSIGNED), (find_for_payment, None)]
)
async def test_what_nobody_signed_is_shown_and_not_paid_for(
    find: Find, shown: Found
) -> None:
    asked = Asked([answer(unsigned=[UNSIGNED])])

    assert await found_by(asked, find, IDS.seal(SIGNED)) is shown
    assert asked.shown == [0 if shown is None else 1]


@pytest.mark.parametrize("licence_id", [None, "1.2.156.3005.2.A124", "another"])
async def test_a_licence_id_that_is_stated_is_its_own(licence_id: str | None) -> None:
    ours = certificate(licence_id="1.2.156.3005.2.A124")
    asked = Asked([answer(ours)])

    async with opened(ONLY_SENDS, Sent()) as agency:
        found = await find_certificate(
            asked.context(agency), IDS.seal(ours), licence_id=licence_id
        )

    assert (found is ours) is (licence_id != "another")
    assert asked.shown == [int(licence_id != "another")]
