"""What a clause compared is shown in words, in Chinese and in English alike."""

from datetime import date
from typing import Any

import pytest

from policy.catalogue import load_catalogue
from policy.certificate import STATE_NAMES, CertificateState
from policy.compared import ANOTHER, IN_FORCE, NOT_IN_FORCE, SAME
from policy.compared_claims import NO, YES
from policy.compared_values import Codes, Days, Numbers, Value, Words
from policy.facts import Fact
from policy.text import Text
from resolvers.bilingual import Language
from resolvers.certificates.finding_values import shown_values

FIRST, LAST = date(2026, 1, 2), date(2026, 3, 4)


def words(value: Value, fact: Fact = Fact.ISSUED_ON) -> tuple[str, str]:
    """Return how a value is shown, in Chinese and in English."""
    # A field of the graph is a method still.
    shown: Any = shown_values({fact: value})[0]
    said = [shown.words(language=language) for language in (Language.ZH, Language.EN)]
    return said[0], said[1]


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (Days(None, None), "任何一日", "any day"),
        (Days(None, LAST), "2026-03-04及以前", "until 2026-03-04"),
        (Days(FIRST, None), "2026-01-02及以后", "from 2026-01-02 on"),
        (Days(FIRST, FIRST), "2026-01-02", "2026-01-02"),
        (
            Days(FIRST, LAST),
            "2026-01-02至2026-03-04",
            "from 2026-01-02 until 2026-03-04",
        ),
        (Numbers(3, 3), "3", "3"),
        (Numbers(0, 0), "0", "0"),
        (Numbers(3, None), "至少3", "at least 3"),
        (Numbers(None, None), "至少0", "at least 0"),
        (Numbers(None, 4), "至多4", "at most 4"),
        (Numbers(0, 4), "至多4", "at most 4"),
        (Numbers(1, 4), "1至4", "from 1 to 4"),
        (Words(Text("某部", "some office")), "某部", "some office"),
    ],
)
def test_days_numbers_and_names_are_said_in_both(
    value: Value, zh: str, en: str
) -> None:
    assert words(value) == (zh, en)


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        (YES, "是", "yes"),
        (NO, "否", "no"),
        (SAME, "与持证人一致", "the holder's"),
        (ANOTHER, "与持证人不一致", "not the holder's"),
        (IN_FORCE, "在有效期内", "in force"),
        (NOT_IN_FORCE, "不在有效期内", "not in force"),
        ("Z9", "Z9", "Z9"),
    ],
)
def test_codes_are_called_by_their_names_or_by_themselves(
    code: str, zh: str, en: str
) -> None:
    assert words(Codes((code,)), Fact.KEY) == (zh, en)


def test_rows_and_bodies_of_the_annex_are_called_by_its_names() -> None:
    catalogue = load_catalogue()
    code, item = next(iter(catalogue.items.items()))
    id_, body = next(iter(catalogue.bodies.items()))

    named = f"{item.name.zh}（{code}）", f"{item.name.en} ({code})"
    for fact in (Fact.ITEM, Fact.KEY_SCOPE):
        assert words(Codes((code,)), fact) == named
        assert words(Codes(("x",)), fact) == ("x", "x")
    named = body.name.zh, body.name.en
    assert words(Codes((id_,)), Fact.COLLECTION_BODY) == named
    assert words(Codes(("x",)), Fact.COLLECTION_BODY) == ("x", "x")


def test_a_value_of_an_enum_is_called_as_the_schema_describes_it() -> None:
    name = STATE_NAMES[CertificateState.REVOKED]

    zh, en = words(Codes(("REVOKED",)), Fact.STATE)

    assert zh.endswith(name.zh)
    assert en.endswith(name.en)


def test_several_codes_are_told_apart_in_either_language() -> None:
    assert words(Codes((YES, NO)), Fact.HELD) == ("是、否", "yes, no")


def test_a_value_is_shown_with_its_fact_and_as_it_is() -> None:
    shown: Any = shown_values(
        {
            Fact.ISSUED_ON: Days(FIRST, LAST),
            Fact.AMOUNT_YUAN: Numbers(1, None),
            Fact.LEVEL: Codes(("LEVEL_3",)),
        }
    )
    days, numbers, codes = shown

    assert [one.fact for one in shown] == [
        Fact.ISSUED_ON,
        Fact.AMOUNT_YUAN,
        Fact.LEVEL,
    ]
    assert (days.first, days.last) == (FIRST, LAST)
    assert (numbers.least, numbers.most) == (1, None)
    assert codes.codes == ["LEVEL_3"]
