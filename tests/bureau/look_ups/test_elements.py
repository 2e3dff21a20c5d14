"""The five elements are read as they are stated, or refused; never left out."""

import pytest

from bureau.caller import Caller
from bureau.look_ups.elements import (
    ElementsError,
    elements_of,
    pseudonymous,
    read_elements,
)
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.elements import ELEMENT_NAMES, Element, Elements

NUMBER = "310110199003074514"
LONGEST = {
    Element.ORGANISATION: 100,
    Element.OFFICER: 64,
    Element.MATTER_CODE: 64,
    Element.MATTER_NAME: 100,
    Element.BUSINESS_NUMBER: 64,
}
PLATFORM = Caller("hr", frozenset())
CLERK = Caller("bureau:hr-platform", frozenset(), subject="bureau:user-17")
STATED: dict[Element, object] = {
    Element.ORGANISATION: "上海市浦东新区 人力资源和社会保障局",
    Element.OFFICER: "0042 张某",
    Element.MATTER_CODE: "11310000002420189F4000114034000",
    Element.MATTER_NAME: "职业技能提升补贴（个人）申领",
    Element.BUSINESS_NUMBER: "沪人社补〔2026〕12号-17",
}


def test_all_five_are_read_as_they_are_stated() -> None:
    found = read_elements(STATED)

    assert dict(found.stated()) == STATED
    assert found.missing() == []


def test_white_space_around_a_name_is_nobody_s() -> None:
    assert read_elements({Element.ORGANISATION: " 浦东 "}).organisation == "浦东"


def test_what_is_not_stated_is_missing() -> None:
    found = read_elements({Element.OFFICER: "1", Element.MATTER_CODE: None})

    assert found.missing() == [one for one in Element if one is not Element.OFFICER]


@pytest.mark.parametrize("element", Element)
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="nothing"),
        pytest.param(" ", id="a blank"),
        pytest.param("a" * 101, id="one too long"),
        pytest.param("a\nb", id="a line break"),
        pytest.param("a\r\nX-Officer: b", id="a header"),
        pytest.param("\ud800", id="a lone surrogate"),
        pytest.param("\u202eabc", id="turned round"),
        pytest.param(17, id="a number"),
        pytest.param(["17"], id="a list"),
        pytest.param({"a": "b"}, id="an object"),
        pytest.param(True, id="a boolean"),
        pytest.param(f"T{NUMBER}", id="an identity number"),
        pytest.param("３１０１１０１９９００３０７４５１４", id="in full-width digits"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(
    element: Element, value: object
) -> None:
    with pytest.raises(ElementsError) as refused:
        read_elements({**STATED, element: value})

    assert refused.value.elements == (element,)
    zh, en = refused.value.message.split(" / ", 1)
    assert ELEMENT_NAMES[element].zh in zh
    assert f"a {ELEMENT_NAMES[element].en} has 1 to {LONGEST[element]} " in en
    is_word = element in (Element.ORGANISATION, Element.MATTER_NAME, Element.OFFICER)
    assert ("printable characters" in en) is is_word
    assert f"1至{LONGEST[element]}个" in zh
    assert NUMBER not in refused.value.message


@pytest.mark.parametrize("element", Element)
def test_the_longest_that_is_allowed_is_read(element: Element) -> None:
    longest = "a" * LONGEST[element]

    assert dict(read_elements({element: longest}).stated()) == {element: longest}
    with pytest.raises(ElementsError):
        read_elements({element: f"{longest}a"})


@pytest.mark.parametrize("element", [Element.MATTER_CODE, Element.BUSINESS_NUMBER])
def test_a_number_has_no_blanks(element: Element) -> None:
    with pytest.raises(ElementsError):
        read_elements({element: "a b"})


def test_what_is_stated_wins_over_the_callers_own_one_by_one() -> None:
    own = Elements(organisation="浦东", officer="desk", matter_code="1")
    caller = Caller("hr", frozenset(), elements=own)

    found = elements_of(caller, {Element.OFFICER: "0042"})

    assert found == Elements(organisation="浦东", officer="hr:0042", matter_code="1")


def test_officers_of_one_number_are_two_for_two_callers() -> None:
    other = Caller("other", frozenset())
    stated = {Element.OFFICER: "0042"}

    assert elements_of(PLATFORM, stated).officer == "hr:0042"
    assert elements_of(other, stated).officer == "other:0042"


def test_the_officer_is_whom_the_token_names() -> None:
    assert elements_of(CLERK, {}).officer == "bureau:user-17"
    assert elements_of(CLERK, {Element.OFFICER: "user-17"}).officer == "bureau:user-17"


def test_another_officer_than_the_tokens_is_refused() -> None:
    with pytest.raises(ElementsError) as refused:
        elements_of(CLERK, {Element.OFFICER: "user-18"})

    assert refused.value.elements == (Element.OFFICER,)
    assert "is not whom the token names" in str(refused.value)


def test_nobody_is_the_officer_where_nothing_says_so() -> None:
    assert elements_of(PLATFORM, {}).officer is None


def test_an_officer_is_kept_as_a_pseudonym_that_is_nobody_elses() -> None:
    pseudonyms = Pseudonyms([bytes(32), bytes([1]) * 32])

    kept = pseudonymous(elements_of(PLATFORM, STATED), pseudonyms.of_officer)

    assert kept.officer == pseudonyms.of_officer("hr:0042 张某")
    assert kept.officer != pseudonyms.of("hr:0042 张某")
    assert kept.officer in pseudonyms.all_of_officer("hr:0042 张某")
    assert kept.organisation == STATED[Element.ORGANISATION]
