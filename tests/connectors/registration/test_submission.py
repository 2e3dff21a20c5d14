"""A submission that could not be answered by is refused when it is submitted."""

import pytest

from connectors.network.networks import read_networks
from connectors.registration.refusals import RegistrationError
from connectors.registration.submission import read_submission
from policy.catalogue import load_catalogue
from tests.store.registration.office import MANIFEST, submission

NETWORKS = read_networks([])


def test_what_can_be_answered_by_is_taken() -> None:
    manifest = read_submission(submission(), load_catalogue(), NETWORKS)

    assert manifest.id == "transport"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('number = "certificateNumber"', 'number = "certificateNumber["'),
        ('results = "data._entities"', 'results = "data.["'),
        ('absence = "absence"', 'absence = "absence["'),
        ('records = "records"', 'records = "records["'),
        ('entity = "Holder"', 'entity = "Holder {"'),
    ],
    ids=["a field", "a place of the answer", "the absence", "the records", "an entity"],
)
def test_an_expression_that_is_none_is_refused(before: str, after: str) -> None:
    assert MANIFEST.count(before) == 1
    broken = submission(manifest=MANIFEST.replace(before, after))

    with pytest.raises(RegistrationError) as refused:
        read_submission(broken, load_catalogue(), NETWORKS)

    assert refused.value.code == "SUBMISSION_UNUSABLE"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        pytest.param(
            "[cache]", f"[cache{'.a' * 5_000}]", "key of more than 8", id="a dotted key"
        ),
        pytest.param(
            '"certificateNumber"',
            f'"certificateNumber{" | [@,@][]" * 25}"',
            "one layer of",
            id="a list that is doubled",
        ),
        pytest.param(
            '"certificateNumber"',
            '"concat(a, b)"',
            "calls concat, which is no function",
            id="a function that there is none of",
        ),
    ],
)
def test_what_would_take_long_or_never_work_is_refused_by_name(
    before: str, after: str, why: str
) -> None:
    broken = submission(manifest=MANIFEST.replace(before, after))

    with pytest.raises(RegistrationError, match=why) as refused:
        read_submission(broken, load_catalogue(), NETWORKS)

    assert refused.value.code == "SUBMISSION_UNUSABLE"
