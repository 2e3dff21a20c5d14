"""A form with a file is read as browsers send it, and anything else is no form."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.console.uploads import Upload, is_multipart, parts_of
from gateway.graphql_http.refusals import RefusedRequestError
from tests.gateway.console.visitor import BOUNDARY, multipart

FORM = f"multipart/form-data; boundary={BOUNDARY}"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.from_regex(r"[a-zA-Z_]{1,20}", fullmatch=True)


@given(
    fields=st.dictionaries(NAMES, TEXTS, max_size=5),
    name=st.from_regex(r"[^\"\r\n\x00\ud800-\udfff]{1,30}", fullmatch=True),
    content=st.binary(max_size=200),
)
def test_what_a_browser_sends_is_what_is_read(
    fields: dict[str, str], name: str, content: bytes
) -> None:
    body = multipart(fields, (name, content))

    assert parts_of(FORM, body) == (fields, Upload(name, content))


def test_a_form_without_a_chosen_file_has_none() -> None:
    assert parts_of(FORM, multipart({"step": "begin"}, ("", b""))) == (
        {"step": "begin"},
        None,
    )


@given(body=st.binary(max_size=300), at=st.integers(0, 400), cut=st.integers(0, 400))
def test_what_is_changed_is_read_or_refused_and_never_a_bug(
    body: bytes, at: int, cut: int
) -> None:
    whole = multipart({"step": "begin"}, ("claims.csv", b"a,b\r\n"))
    for changed in (body, whole[:at] + body[:3] + whole[at:], whole[:cut]):
        # Whatever else it raises is a bug.
        with suppress(RefusedRequestError):
            parts_of(FORM, changed)


def test_two_files_and_other_boundaries_are_no_form() -> None:
    once = multipart({}, ("claims.csv", b"a"))
    twice = once.removesuffix(b"--\r\n") + once.removeprefix(f"--{BOUNDARY}".encode())
    for kind, body in (
        (FORM, twice),
        (FORM + "2", once),
        ("multipart/form-data", once),
        (FORM, b"x" + once),
        (FORM, once.removesuffix(b"--\r\n")),
        (FORM, once.replace(b"\r\nContent-Disp", b"x\r\nContent-Disp")),
        (FORM, b""),
    ):
        with pytest.raises(RefusedRequestError):
            parts_of(kind, body)


def test_only_forms_with_files_are_such() -> None:
    assert is_multipart(FORM)
    assert not is_multipart("application/x-www-form-urlencoded")
