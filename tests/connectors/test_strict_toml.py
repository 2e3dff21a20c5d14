"""What a text would cost is counted before TOML's parser reads it."""

import tomllib
from itertools import repeat

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.strict_toml import MAX_MARKS, MAX_PARTS, TableError, read_table

LONG_KEY = ".".join(repeat("a", MAX_PARTS + 1))
QUOTES = st.text("'\"\\\n# =a", max_size=14)


class Open(msgspec.Struct):
    """A table of which every value is taken."""

    a: object = None
    b: object = None


class Closed(msgspec.Struct):
    """A table with one key."""

    key: int = 0


class Named(msgspec.Struct):
    """Tables by names."""

    tables: dict[str, Closed] = {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(
            f"{LONG_KEY} = 1", "a key of more than 8 parts (at line 1)", id="a key"
        ),
        pytest.param(
            f"\n[{LONG_KEY}]", "a key of more than 8 parts (at line 2)", id="a table"
        ),
        pytest.param(
            f"a = {{ {'.'.join(['a . '] * 9)} = 1 }}", "8 parts", id="in line"
        ),
        pytest.param("'a'" + '."a"' * 9 + " = 1", "8 parts", id="in quotation marks"),
        pytest.param(
            f"b = '''b''''\n{LONG_KEY} = 1", "8 parts (at line 2)", id="after a text"
        ),
        pytest.param("a = " + "[" * 17 + "]" * 17, "16 inside one another", id="depth"),
        pytest.param(
            f"a = [{'1,' * MAX_MARKS}]", "5000 keys and values", id="a long list"
        ),
        pytest.param("[[a]]\n" * 2_000, "5000 keys and values", id="many tables"),
        pytest.param("b = 0\n" * 5_001, "5000 keys and values", id="many keys"),
    ],
)
def test_what_would_take_long_is_refused_before_it_is_parsed(
    text: str, why: str
) -> None:
    with pytest.raises(TableError) as refused:
        read_table(text, Open)

    assert why in str(refused.value)


def test_the_longest_key_is_read_on_whatever_line() -> None:
    longest = ".".join("a" * MAX_PARTS)

    for before in ("", "b = 0\n", "b = [\n0,\n]\n"):
        found = read_table(f"{before}{longest} = 1", Open).a
        for _ in range(MAX_PARTS - 1):
            assert isinstance(found, dict)
            found = found["a"]
        assert found == 1


def test_what_stands_in_a_text_or_a_comment_is_not_counted() -> None:
    marks = ".=[{" * 2_000
    text = "\n".join(
        (
            f'b = "{marks}" # {marks}',
            f"a = ['{marks}', '''\n{marks}''{marks}''''',",
            f' """{marks}\\""" {marks}"""]',
        )
    )

    assert len(read_table(text, Open).a) == 3  # type: ignore[arg-type]


def test_a_key_nobody_knows_is_cut_before_it_is_compared() -> None:
    with pytest.raises(TableError) as refused:
        read_table("x" * 60_000 + " = 1", Open)

    assert len(str(refused.value)) < 200


@example("'''", "'")
@example('"""', '"')
@given(QUOTES, QUOTES)
def test_no_text_hides_a_key_from_the_count(before: str, after: str) -> None:
    text = f"b = {before}{after}\n{LONG_KEY} = 1\n"
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    if LONG_KEY in str(tomllib.loads(text)):
        return

    with pytest.raises(TableError, match="8 parts"):
        read_table(text, Open)


def test_of_a_table_by_name_the_unknown_key_is_named_with_its_place() -> None:
    assert read_table("[tables.any]\nkey = 1", Named).tables["any"].key == 1
    with pytest.raises(TableError, match=r"'tables\.any\.kye'.*'tables\.any\.key'"):
        read_table("[tables.any]\nkye = 1", Named)
