"""UTF-8 and GB18030 are told apart; a line of the other one is nobody's name."""

import pytest

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


def test_the_first_line_that_tells_tells_for_the_file() -> None:
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
    ("content", "stated"),
    [
        pytest.param(HEADER.encode("utf-16"), None, id="UTF-16"),
        pytest.param(BOM + HEADER.encode(), Encoding.GB18030, id="the mark of UTF-8"),
    ],
)
def test_what_is_neither_is_refused(content: bytes, stated: Encoding | None) -> None:
    with pytest.raises(StartError):
        lines(content, stated)


def test_bytes_that_are_no_text_are_refused_by_line() -> None:
    assert lines(HEADER.encode() + b"\xff\xff,1\nx,2\n")[1:] == [None, "x,2"]
