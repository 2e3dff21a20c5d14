"""One thing has one form, however it is spelt; another thing has another."""

import sys
import unicodedata
from collections.abc import Callable, Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy import normal_form
from policy.catalogue import load_catalogue
from policy.names import same_name, stated_name
from policy.private_use import PRIVATE_USE

FORMS = (
    normal_form.text,
    normal_form.words,
    normal_form.word,
    normal_form.code,
    normal_form.number,
    normal_form.name,
    normal_form.day,
)
WHITE_SPACE = [
    *"\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680",
    *map(chr, range(0x2000, 0x200B)),
    *"\u2028\u2029\u202f\u205f\u3000",
    *"\u2800\ue5e5",
]
UNSEEN = [
    *"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f",
    *"\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e",
    *map(chr, range(0x2060, 0x2070)),
    *"\u3164\ufe00\ufe0e\ufe0f\ufeff\uffa0\ufff9\ufffa\ufffb",
    *"\U0001bca0\U0001d173\U000e0001\U000e0020\U000e0100\U000e01ef\U000e0fff",
]
DOTS = [
    *"·•●∙⋅・･◦。｡⸱ꞏ˙.．‧․\u0387\u2e31\ufe52\u318d\u26ab\u2b24\U00010101",
    "",
]
NAMES = [
    "张三",
    "钱䶮",
    "周𠂇",
    "吴龴",
    "李𰻝",
    "王𱍐",
    "赵𮯰",
    "葛伟",
    "阿卜杜拉·买买提",
    "玛丽亚·C·桑托斯",
    "SMITH JOHN",
    "O'BRIEN ANNE-MARIE",
    "ÅSE BJÖRK",
]
PRIVATE_FORMS = {character: chr(code) for code, character in PRIVATE_USE.items()}
FULL_WIDTH = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}


def spelt(stated: str, *, is_name: bool = False) -> st.SearchStrategy[str]:
    """Return ``stated`` as some registry, sheet or terminal writes it."""
    # By a seed: to draw each character takes a hundred times as long.
    return st.integers(0, 2**32).map(
        lambda seed: _spelt(stated, Random(seed), is_name=is_name)  # noqa: S311 - a test's
    )


def _spelt(stated: str, random: Random, *, is_name: bool) -> str:
    written = [_between(random)]
    for character in stated:
        if is_name and character == "·":
            written.append(random.choice(DOTS))
        elif is_name and character == " ":
            written.append(random.choice(["", *WHITE_SPACE]))
        else:
            forms = [character, FULL_WIDTH.get(character, character)]
            forms.append(PRIVATE_FORMS.get(character, character))
            if character.isascii():
                forms.append(character.lower())
            written.append(random.choice(forms))
        written.append(_between(random))
    return "".join(written)


def _between(random: Random) -> str:
    """Return what does not count, more often nothing."""
    some = random.choices(WHITE_SPACE + UNSEEN, k=random.randrange(3))
    return random.choice(["", "", "".join(some)])


@given(data=st.data(), stated=st.sampled_from(NAMES))
def test_a_name_in_any_two_spellings_is_the_same(
    data: st.DataObject, stated: str
) -> None:
    registry = data.draw(spelt(stated, is_name=True))
    claim = data.draw(spelt(stated, is_name=True))

    assert same_name(registry, claim)


@given(
    data=st.data(),
    pair=st.sampled_from([(a, b) for a in NAMES for b in NAMES if a != b]),
)
def test_two_people_are_never_the_same(
    data: st.DataObject, pair: tuple[str, str]
) -> None:
    one, other = (data.draw(spelt(name, is_name=True)) for name in pair)

    assert not same_name(one, other)


@given(data=st.data(), stated=st.sampled_from(sorted(load_catalogue().items)))
def test_a_code_in_any_spelling_is_the_annexs(data: st.DataObject, stated: str) -> None:
    assert normal_form.code(data.draw(spelt(stated))) == stated


@given(
    data=st.data(),
    stated=st.from_regex(r"[A-Z0-9][A-Z0-9-]{4,17}", fullmatch=True),
)
def test_a_number_in_any_spelling_is_the_same(data: st.DataObject, stated: str) -> None:
    assert normal_form.number(data.draw(spelt(stated))) == stated


@pytest.mark.parametrize("form", FORMS)
@given(stated=st.text())
def test_a_form_of_a_form_is_the_form(form: Callable[[str], str], stated: str) -> None:
    assert form(form(stated)) == form(stated)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_each_character_is_the_form_of_itself(
    form: Callable[[str], str],
) -> None:
    beyond = [0x10FFFF, *range(0xE0000, 0xE1000)]
    for code in [*range(0x3400), *range(0xA000, 0xAC00), *range(0xD7A4, 0x11000)]:
        once = form(f"王{chr(code)}a")
        assert form(once) == once
    for code in beyond:
        assert form(form(chr(code))) == form(chr(code))


@pytest.mark.parametrize("form", FORMS[1:])
def test_what_is_blank_states_nothing(form: Callable[[str], str]) -> None:
    blanks = [*WHITE_SPACE, *UNSEEN, "", " \u3000\u200b"]

    assert [blank for blank in blanks if form(blank) != ""] == []


def test_all_white_space_and_all_that_is_unseen_is_tried() -> None:
    """By Unicode's own tables, as far as Python has them."""
    every = map(chr, range(sys.maxunicode + 1))
    white = {one for one in every if one.isspace()}
    formats = {
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) == "Cf"
    }
    # They are seen: numbers' and words' signs of other scripts.
    seen = {one for one in formats if normal_form.name(one)}

    assert white <= set(WHITE_SPACE)
    assert {unicodedata.name(one).split()[0] for one in seen} <= {
        *("ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"),
    }


def test_each_character_of_gbks_private_use_is_the_one_it_stands_for() -> None:
    for form in (normal_form.name, normal_form.words):
        own = {code: form(chr(code)) for code in PRIVATE_USE}
        assert own == {code: form(meant) for code, meant in PRIVATE_USE.items()}


GBK = {
    0xE5E5: "A3A0",
    0xE76C: "A2E3",
    0xE78D: "A6D9 A6DA A6DB A6DC A6DD A6DE A6DF A6EC A6ED A6F3",
    0xE7C7: "A8BC",
    0xE7C8: "A8BF",
    0xE7E7: "A989 A98A A98B A98C A98D A98E A98F A990 A991 A992 A993 A994 A995",
    0xE815: " ".join(f"FE{byte:X}" for byte in range(0x50, 0xA1) if byte != 0x7F),
}
"""GBK's codes, in the order of the private use that they had, from a first one on."""
STILL_PRIVATE = {
    0xE78D: "84318236",
    0xE78E: "84318238",
    0xE78F: "84318237",
    0xE790: "84318239",
    0xE791: "84318330",
    0xE792: "84318331",
    0xE793: "84318332",
    0xE794: "84318333",
    0xE795: "84318334",
    0xE796: "84318335",
    0xE7C7: "8135F437",
    0xE816: "95329031",
    0xE817: "95329033",
    0xE818: "95329730",
    0xE81E: "82359037",
    0xE826: "82359038",
    0xE82B: "82359039",
    0xE82C: "82359130",
    0xE831: "9536B937",
    0xE832: "82359131",
    0xE83B: "9630BA35",
    0xE843: "82359132",
    0xE854: "82359133",
    0xE855: "9635B630",
    0xE864: "82359134",
}
"""What Python, which is of 2000, takes for private still, and the four bytes of what
it is: GB 18030-2005 exchanged the codes of one of them, GB 18030-2022 the others'."""


def codes() -> Iterator[tuple[int, bytes]]:
    for first, listed in GBK.items():
        for place, code in enumerate(listed.split()):
            yield first + place, bytes.fromhex(code)


def test_the_table_of_private_use_is_that_of_the_codec() -> None:
    """Python's codec has the private use and what it stands for; none is made up."""
    found, still = {}, set()
    for private, code in codes():
        decoded = code.decode("gb18030")
        if decoded != chr(private):
            found[private] = decoded
        elif private in STILL_PRIVATE:
            still.add(private)
            found[private] = bytes.fromhex(STILL_PRIVATE[private]).decode("gb18030")
        else:
            # No edition of the standard defines it.
            assert (private, code.hex()) == (0xE5E5, "a3a0")
            found[private] = "\u3000"

    assert found == PRIVATE_USE
    assert still == STILL_PRIVATE.keys()
    assert (len(found), len(still)) == (107, 25)


def test_nothing_else_of_gbk_was_ever_private_and_is_a_character_now() -> None:
    """What else is private in the two bytes of GBK is a user's own."""
    known = {code for _, code in codes()}
    private = {
        code
        for lead in range(0x81, 0xFF)
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF))
        if (code := bytes([lead, trail])) not in known
        and unicodedata.category(code.decode("gb18030")) == "Co"
    }

    for code in private:
        with pytest.raises(UnicodeDecodeError):
            code.decode("gbk")
    # The three areas of a user's own, and the gaps of the symbols' area before them.
    assert {one[0] for one in private if one[1] >= 0xA1 and one[0] >= 0xAA} == {
        *range(0xAA, 0xB0),
        *range(0xF8, 0xFF),
        0xD7,
    }


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        pytest.param(" 张三\u3000", "张三", id="padded"),
        pytest.param("张\u3000三", "张\u3000三", id="a wide space inside"),
        pytest.param("张\n三", "张 三", id="a line end"),
        pytest.param("张\u202e三", "张三", id="what turns the writing"),
        pytest.param("葛\U000e0100伟", "葛\U000e0100伟", id="a shape is shown"),
        pytest.param("钱\ue863", "钱\ue863", id="private use is shown as it came"),
        pytest.param("1\x002", "1\x002", id="a control character is left"),
    ],
)
def test_a_text_is_shown_as_it_came_but_for_what_deceives(
    stated: str, shown: str
) -> None:
    assert normal_form.text(stated) == shown


@pytest.mark.parametrize("name", [None, "", " ", "\u3000", "\u200b", "·", "\u3164"])
def test_a_blank_name_is_not_stated(name: str | None) -> None:
    assert stated_name(name) is None


def test_a_name_is_stated() -> None:
    assert stated_name(" 张三") == " 张三"


@pytest.mark.parametrize("stated", ["", " ", "\u3000", "\u3164", "\u200b\n", "\ufe0f"])
def test_what_nobody_sees_states_nothing(stated: str) -> None:
    assert normal_form.is_blank(stated) is True
    assert normal_form.is_blank(f"{stated}字") is False
