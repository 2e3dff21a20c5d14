"""What an alteration is, and what is a renewal."""

from datetime import date

import pytest

from connectors.quality import Alteration, Version, alteration

FIRST, LATER, EARLIER = date(2024, 3, 1), date(2025, 3, 1), date(2023, 3, 1)
BEFORE = Version(frozenset({"a"}), FIRST, FIRST)
DATE = Alteration.ISSUE_DATE_ALTERED


@pytest.mark.parametrize(
    ("after", "found"),
    [
        pytest.param(BEFORE, None, id="the same"),
        pytest.param(Version(frozenset({"a", "old"}), FIRST, FIRST), None, id="a mark"),
        pytest.param(
            Version(frozenset({"b"}), FIRST, FIRST),
            Alteration.HOLDER_ALTERED,
            id="another holder",
        ),
        pytest.param(Version(frozenset({"a"}), LATER, FIRST), None, id="a renewal"),
        pytest.param(Version(frozenset({"a"}), EARLIER, FIRST), DATE, id="earlier"),
        pytest.param(Version(frozenset({"a"}), LATER, LATER), DATE, id="all later"),
        pytest.param(Version(frozenset({"a"}), LATER, None), DATE, id="no first"),
        pytest.param(Version(frozenset({"a"}), FIRST, EARLIER), DATE, id="first alone"),
        pytest.param(Version(frozenset({"a"}), None, FIRST), DATE, id="withdrawn"),
    ],
)
def test_a_document_is_altered_or_lawfully_changed(
    after: Version, found: Alteration | None
) -> None:
    assert alteration(BEFORE, after) is found


def test_a_renewal_may_be_the_first_to_tell_of_the_first_issue() -> None:
    before = Version(frozenset({"a"}), FIRST, None)

    assert alteration(before, Version(frozenset({"a"}), LATER, FIRST)) is None
    assert alteration(before, Version(frozenset({"a"}), LATER, EARLIER)) is DATE
