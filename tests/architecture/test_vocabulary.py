"""Every word that a reader of the answers must know is explained on its page."""

from enum import StrEnum

import pytest

from connectors.answer import RecordFault, SourceOutcome
from policy.eligibility import EligibilityOutcome
from policy.evidence import AccountState
from policy.identity import IdentityProblem
from signing.errors import Refusal
from signing.trust import KeyState
from tests.architecture.documents import names, table


def test_every_reason_for_a_refusal_has_a_remedy() -> None:
    assert names("docs/agencies.md", "Code") == [*Refusal, *RecordFault]


@pytest.mark.parametrize(
    ("page", "heading", "choice"),
    [
        ("docs/integrators.md", "Outcome", SourceOutcome),
        ("docs/integrators.md", "Eligibility", EligibilityOutcome),
        ("docs/integrators.md", "Problem", IdentityProblem),
        ("docs/operating.md", "State", KeyState),
        ("docs/operating.md", "Account", AccountState),
    ],
)
def test_every_value_is_explained(
    page: str, heading: str, choice: type[StrEnum]
) -> None:
    assert names(page, heading) == list(choice)


@pytest.mark.parametrize(
    ("page", "heading"),
    [
        ("docs/agencies.md", "Code"),
        ("docs/agencies.md", "Key"),
        ("docs/integrators.md", "Outcome"),
        ("docs/operating.md", "Metric"),
    ],
)
def test_no_cell_is_empty(page: str, heading: str) -> None:
    assert all(all(row) for row in table(page, heading))
