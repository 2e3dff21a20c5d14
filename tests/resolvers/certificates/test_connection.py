"""A page has the certificates that were selected, from its cursor on, and says so."""

from types import SimpleNamespace
from typing import Any

import pytest
import strawberry

from connectors.answer import AttestedCertificate
from resolvers.certificates.connection import (
    MAX_FIRST,
    CertificateConnection,
    CertificateFilter,
    connection_of,
)
from resolvers.enums import CertificateState, Level
from resolvers.errors import RequestError
from tests.resolvers.attested import certificate

ONE, TWO, THREE = (certificate(number=number) for number in ("1", "2", "3"))
ANOTHER_CODE = "4-02-01-02"


def page(
    *certificates: AttestedCertificate,
    selection: CertificateFilter | None = None,
    first: int | None = None,
    after: str | None = None,
) -> CertificateConnection:
    """Return a page of certificates, of which each one's number is its cursor."""
    ids = SimpleNamespace(seal=lambda found: found.record.number)
    context: Any = SimpleNamespace(
        services=SimpleNamespace(certificate_ids=ids), mask=None
    )
    claimant: Any = None
    return connection_of(
        *(certificates, claimant, context),
        paid=None,
        selection=selection,
        first=first,
        after=after,
    )


def numbers(found: CertificateConnection) -> list[str | None]:
    return [one.record.number for one in found.page]


@pytest.mark.parametrize(
    ("asked", "there", "info"),
    [
        ({}, ["1", "2", "3"], (False, False, "1", "3")),
        ({"first": 0}, [], (True, False, None, None)),
        ({"first": 2}, ["1", "2"], (True, False, "1", "2")),
        ({"first": 3}, ["1", "2", "3"], (False, False, "1", "3")),
        ({"first": 1, "after": "1"}, ["2"], (True, True, "2", "2")),
        ({"after": "1"}, ["2", "3"], (False, True, "2", "3")),
        ({"after": "3"}, [], (False, True, None, None)),
    ],
)
def test_a_page_says_where_it_stands(
    asked: dict[str, Any],
    there: list[str],
    info: tuple[bool, bool, str | None, str | None],
) -> None:
    # A field of the graph is a method still.
    found: Any = page(ONE, TWO, THREE, **asked)
    told = found.page_info()

    assert numbers(found) == there
    assert found.total_count() == 3
    assert (
        told.has_next_page,
        told.has_previous_page,
        told.start_cursor,
        told.end_cursor,
    ) == info


@pytest.mark.parametrize("first", [-1, MAX_FIRST + 1])
def test_no_other_number_may_be_asked_for(first: int) -> None:
    with pytest.raises(RequestError, match=f"first is {first}, allowed is 0 to 1000"):
        page(ONE, first=first)


def test_as_many_as_are_allowed_may_be_asked_for() -> None:
    assert numbers(page(ONE, first=MAX_FIRST)) == ["1"]


def test_of_two_that_share_a_cursor_none_is_shown_for_ever() -> None:
    assert numbers(page(ONE, ONE, TWO, after="1")) == ["2"]


def test_a_cursor_of_another_list_is_none() -> None:
    chosen = CertificateFilter(levels=[Level.LEVEL_4])

    with pytest.raises(RequestError, match="after is no cursor of this list"):
        page(ONE, TWO, selection=chosen, after="3")


@pytest.mark.parametrize(
    ("fitting", "other"),
    [
        ({"item_codes": ["4-02-01-01"]}, {"item_codes": [ANOTHER_CODE]}),
        ({"levels": [Level.LEVEL_4]}, {"levels": [Level.LEVEL_3]}),
        (
            {"states": [CertificateState.VALID]},
            {"states": [CertificateState.REVOKED]},
        ),
        ({"agencies": ["transport"]}, {"agencies": ["fire"]}),
        ({}, {"agencies": []}),
    ],
)
def test_each_condition_lets_pass_what_it_is_of_and_nothing_else(
    fitting: dict[str, Any], other: dict[str, Any]
) -> None:
    found = page(ONE, TWO, selection=CertificateFilter(**fitting), first=1)
    nothing = page(ONE, TWO, selection=CertificateFilter(**other))

    assert (numbers(found), found.selected) == (["1"], 2)
    assert (numbers(nothing), nothing.selected) == ([], 0)


@pytest.mark.parametrize(("code", "there"), [("4-02-01-01", ["1"]), (ANOTHER_CODE, [])])
def test_without_a_code_a_certificate_is_of_the_row_that_its_words_name(
    code: str, there: list[str]
) -> None:
    unnumbered = certificate(number="1", item_code=None)
    chosen = CertificateFilter(item_codes=[code])

    assert numbers(page(unnumbered, selection=chosen)) == there


def test_all_conditions_have_to_hold() -> None:
    fire = [strawberry.ID("fire")]
    chosen = CertificateFilter(levels=[Level.LEVEL_4], agencies=fire)

    assert numbers(page(ONE, selection=chosen)) == []
