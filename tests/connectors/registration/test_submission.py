"""A submission that could not be answered by is refused when it is submitted."""

import pytest

from connectors.conformance.plan import read_plan
from connectors.network.networks import read_networks
from connectors.registration.lifecycle import ConnectorState, Step, state_after
from connectors.registration.refusals import MEANINGS, RegistrationError
from connectors.registration.submission import (
    MAX_CONTACTS,
    Contact,
    plan_of,
    read_submission,
    require_rows,
    warnings_of,
)
from policy.catalogue import load_catalogue
from tests.store.registration.office import ITEM, MANIFEST, PLAN, submission

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


def refusal_of(**changes: object) -> str:
    """Return why a submission is refused, once nothing else was done."""
    with pytest.raises(RegistrationError) as refused:
        read_submission(submission(**changes), load_catalogue(), NETWORKS)
    assert str(refused.value)
    return f"{refused.value.code}: {refused.value.detail}"


NUMBER = "310101199001010012"
PERSON = Contact(name="信息中心", phone="021-0000000")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"manifest": f"{MANIFEST}# {'字' * 40_000}"},
            "SUBMISSION_TOO_LARGE: ",
        ),
        (
            {"credit_code": "a\0"},
            "SUBMISSION_UNUSABLE: a text has characters that are none",
        ),
        (
            {"items": ("\ud800",)},
            "SUBMISSION_UNUSABLE: a text has characters that are none",
        ),
        ({"manifest": "id = "}, "SUBMISSION_UNUSABLE: manifest: "),
        (
            {"manifest": f'account = "FROZEN"\n{MANIFEST}'},
            "SUBMISSION_UNUSABLE: manifest: account is the operator's to say",
        ),
        ({"items": ()}, "SUBMISSION_UNUSABLE: items: claim at least one row"),
        (
            {"manifest": f"{MANIFEST}# {NUMBER}"},
            "SUBMISSION_UNUSABLE: manifest: it has an identity number",
        ),
        (
            {"credit_code": NUMBER},
            "SUBMISSION_UNUSABLE: creditCode: it is an identity number",
        ),
        ({"contacts": ()}, "SUBMISSION_UNUSABLE: contacts: name 1 to "),
        (
            {"contacts": (PERSON,) * (MAX_CONTACTS + 1)},
            "SUBMISSION_UNUSABLE: contacts: name 1 to ",
        ),
        (
            {"contacts": (PERSON, Contact(name=" ", phone="1"))},
            "SUBMISSION_UNUSABLE: contacts: one has no name",
        ),
        (
            {"contacts": (Contact(name="某", phone=NUMBER),)},
            "SUBMISSION_UNUSABLE: contacts: one has an identity number",
        ),
        (
            {"manifest": MANIFEST.replace("transport.example.cn", "localhost")},
            "ADDRESS_REFUSED: endpoint.url: HOST",
        ),
        (
            {
                "manifest": MANIFEST.replace(
                    "[endpoint]", '[endpoint]\nsecond_url = "https://10.1.2.3/"'
                )
            },
            "ADDRESS_REFUSED: endpoint.second_url: INSIDE",
        ),
        (
            {
                "manifest": MANIFEST.replace(
                    'authority = "transport"', 'authority = "x"'
                )
            },
            "SUBMISSION_UNUSABLE: manifest: ",
        ),
        ({"plan": "[[holder]]"}, "PLAN_UNUSABLE: "),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_is_wrong(
    changes: dict[str, object], said: str
) -> None:
    assert refusal_of(**changes).startswith(said)


def test_as_many_contacts_as_are_allowed_are_taken_and_no_plan_is_needed() -> None:
    taken = submission(contacts=(PERSON,) * MAX_CONTACTS, plan=None)

    assert read_submission(taken, load_catalogue(), NETWORKS).id == "transport"
    assert plan_of(submission()) == read_plan(PLAN)


def test_rows_of_another_body_are_refused_by_name() -> None:
    catalogue = load_catalogue()
    manifest = read_submission(submission(), catalogue, NETWORKS)
    require_rows(submission(), manifest, catalogue)

    with pytest.raises(RegistrationError) as refused:
        require_rows(submission(items=(ITEM, "1.1", "字")), manifest, catalogue)

    assert refused.value.code == "ITEMS_OF_ANOTHER"
    assert refused.value.detail == r"'1.1', '\u5b57'"


def test_a_code_that_is_odd_is_warned_of_and_taken() -> None:
    assert warnings_of(submission()) == ()
    assert len(warnings_of(submission(credit_code="12310000425006133X"))) == 1


def test_a_step_that_a_state_has_not_is_refused_with_the_states_that_have() -> None:
    with pytest.raises(RegistrationError) as refused:
        state_after(ConnectorState.ACTIVE, Step.RETURN)

    assert refused.value.code == "WRONG_STATE"
    assert refused.value.detail == "RETURN: ACTIVE, not SUBMITTED, CHECKED"
    assert refused.value.meaning == MEANINGS[refused.value.code]
    assert state_after(ConnectorState.CHECKED, Step.RETURN) is ConnectorState.DRAFT
    assert state_after(ConnectorState.ACTIVE, Step.ROTATE_KEY) is ConnectorState.ACTIVE
