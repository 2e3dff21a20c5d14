"""UTF-8 and GB18030 are told apart; a line of the other one is nobody's name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.batch.encodings import BOM, Encoding, decoded_lines
from gateway.errors import StartError

HEADER = "姓名,证件号码\n"
ROWS = ["王小明,1\n", "阿卜杜拉·买买提,2\n", "㐂𠮷,3\n"]


def lines(content: bytes, stated: Encoding | None = None) -> list[str | None]:
    return [text for _, text in decoded_lines(content, stated)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("".join([HEADER, *ROWS]).encode(), id="UTF-8"),
        pytest.param(BOM + "".join([HEADER, *ROWS]).encode(), id="UTF-8 with its mark"),
        pytest.param("".join([HEADER, *ROWS]).encode("gb18030"), id="GB18030"),
        pytest.param(
            "".join([HEADER, *ROWS]).replace("\n", "\r\n").encode(), id="CRLF"
        ),
    ],
)
def test_a_file_of_one_encoding_is_read(content: bytes) -> None:
    assert lines(content) == [line.strip() for line in (HEADER, *ROWS)]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("王小明,1\n", id="no text in the other"),
        # Six bytes of UTF-8 are three characters of GB18030.
        pytest.param("王明,1\n", id="another text in the other"),
    ],
)
@pytest.mark.parametrize(
    ("first", "second"), [("utf-8", "gb18030"), ("gb18030", "utf-8")]
)
def test_a_line_of_the_other_encoding_is_refused_by_itself(
    first: str, second: str, row: str
) -> None:
    content = b"".join(
        (HEADER.encode(first), row.encode(second), ROWS[1].encode(first))
    )

    assert lines(content) == [HEADER.strip(), None, ROWS[1].strip()]


def test_a_line_that_may_be_both_is_read_as_the_others_are() -> None:
    # As UTF-8 the second line would be two letters of other scripts.
    likely_both = "\u0186\u05c2".encode()
    content = b"name,id_number\n" + likely_both + b",1\n" + ROWS[0].encode("gb18030")

    assert lines(content)[2] == ROWS[0].strip()
    assert lines(content)[1] == likely_both.decode("gb18030") + ",1"


def test_a_file_that_could_be_both_is_refused_until_it_is_stated() -> None:
    content = b"name,id_number\n" + "José".encode() + b",1\n"

    with pytest.raises(StartError, match="--encoding"):
        lines(content)
    assert lines(content, Encoding.UTF_8)[1] == "José,1"


def test_a_stated_encoding_lets_no_line_of_the_other_through() -> None:
    assert lines(ROWS[0].encode("gb18030"), Encoding.UTF_8) == [None]
    assert lines(ROWS[0].encode(), Encoding.GB18030) == [None]


@pytest.mark.parametrize(
    ("content", "stated", "reason"),
    [
        (HEADER.encode("utf-16"), None, "the file is UTF-16; save it as CSV UTF-8"),
        (BOM + HEADER.encode(), Encoding.GB18030, "the mark of UTF-8, not of GB18030"),
    ],
)
def test_what_is_neither_is_refused(
    content: bytes, stated: Encoding | None, reason: str
) -> None:
    with pytest.raises(StartError, match=reason):
        lines(content, stated)


def test_bytes_that_are_no_text_are_refused_by_line() -> None:
    assert lines(HEADER.encode() + b"\xff\xff,1\nx,2\n")[1:] == [None, "x,2"]


FAMILY, GIVEN = "王李张刘陈杨赵黄周吴买", "伟芳娜敏静丽强磊军洋勇艳杰提"
"""Of GB 2312, so that a line has two bytes a character in GB18030."""
names = st.builds(
    "{}{}".format, st.sampled_from(FAMILY), st.text(GIVEN, min_size=1, max_size=3)
)
good = st.lists(names.map(lambda name: f"{name},低压电工作业"), min_size=2, max_size=6)


@settings(deadline=None)
@given(good, st.data())
def test_lines_of_utf_8_that_lost_a_byte_are_refused_alone(
    rows: list[str], data: st.DataObject
) -> None:
    """Cut by programs that count bytes, wherever they stand and whoever they name."""
    encoded = [row.encode() for row in rows]
    damaged = []
    for row in data.draw(st.lists(names, min_size=1, max_size=12)):
        cut = data.draw(st.integers(1, len(row.encode()) - 1).filter(lambda n: n % 3))
        damaged.append(row.encode()[:cut] + ",低压电工作业".encode())
    order = data.draw(st.permutations([*encoded, *damaged]))

    found = lines(b"name,item\n" + b"\n".join(order))[1:]

    assert found == [line.decode() if line in encoded else None for line in order]


@settings(deadline=None)
@given(good, st.sampled_from(["\xa0", "€", "é"]), st.data())
def test_a_line_of_a_third_encoding_is_refused_alone(
    rows: list[str], character: str, data: st.DataObject
) -> None:
    encoded = [row.encode() for row in rows]
    place = data.draw(st.integers(0, len(rows)))
    encoded.insert(place, f"x{character},1.2".encode("cp1252"))

    found = lines(b"name,item\n" + b"\n".join(encoded))[1:]

    assert found.pop(place) is None
    assert found == rows


@settings(deadline=None)
@given(good)
def test_a_file_of_gb18030_alone_is_read(rows: list[str]) -> None:
    content = "\n".join(["name,item", *rows]).encode("gb18030")

    assert lines(content)[1:] == rows


@pytest.mark.parametrize("encoding", Encoding)
def test_of_two_encodings_the_one_of_most_lines_is_read(encoding: Encoding) -> None:
    (other,) = set(Encoding) - {encoding}
    content = b"".join(
        (
            b"name,id_number\n",
            ROWS[0].encode(other),
            *(r.encode(encoding) for r in ROWS),
        )
    )

    assert lines(content)[1:] == [None, *(row.strip() for row in ROWS)]


def test_of_as_many_lines_utf_8_is_read() -> None:
    # What is wrong in UTF-8 is seen; in GB18030 it would be another name.
    content = b"name,id_number\n" + "甲丞".encode()[:-1] + b"a,1\n" + ROWS[0].encode()

    assert lines(content)[1:] == [None, ROWS[0].strip()]


def test_a_file_whose_lines_are_all_damaged_is_refused_by_line() -> None:
    content = b"name,id_number\n" + "浦东新区".encode()[:-1] + b",1\nx\xa0,2\n"

    assert lines(content)[1:] == [None, None]


def test_utf_8_that_lost_a_byte_is_nobodys_name_in_gb18030_either() -> None:
    cut = "浦东新".encode() + b"\xe5,1\n"
    content = b"name,id_number\n" + "".join(ROWS).encode("gb18030") + cut

    assert cut.decode("gb18030")
    assert lines(content)[1:] == [*(row.strip() for row in ROWS), None]
    assert lines(content, Encoding.GB18030)[-1] is None


def test_one_whole_character_beside_a_damaged_one_tells_nothing() -> None:
    content = b"name,id_number\n" + "甲".encode() + b"\xe4a,1\n"

    with pytest.raises(StartError, match="--encoding"):
        lines(content)
    assert lines(content, Encoding.UTF_8)[1:] == [None]
    assert lines(content, Encoding.GB18030)[1:] == ["鐢蹭a,1"]
