"""A secret is read from one place; what cannot be read stops the start, unrepeated."""

from pathlib import Path

import pytest

from gateway.errors import StartError
from gateway.settings.secrets import MOST_BYTES, SecretSource, read_secrets

CONNECTORS = ("transport",)


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b"abc", "abc"),
        (b"abc\n", "abc"),
        (b"abc\r\n", "abc"),
        (b"\xef\xbb\xbfabc\n", "abc"),
        (b" abc \n", " abc "),
    ],
)
def test_a_file_is_the_secret_and_a_lines_end(
    tmp_path: Path, content: bytes, read: str
) -> None:
    (tmp_path / "a").write_bytes(content)
    source = SecretSource(file="a", connectors=CONNECTORS).in_folder(tmp_path)

    secret = read_secrets({"way-in": source}, {}).kept["way-in"]

    assert (secret.value, secret.connectors) == (read, frozenset(CONNECTORS))


def test_a_variable_is_the_secret() -> None:
    source = SecretSource(variable="WAY_IN", connectors=CONNECTORS)

    assert read_secrets({"a": source}, {"WAY_IN": "abc"}).kept["a"].value == "abc"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "FileNotFoundError"),
        (b"", "0 bytes"),
        (b"\n", "1 bytes"),
        (b"\xff\xfe", "UnicodeDecodeError"),
        (b"s" * (MOST_BYTES + 1), f"{MOST_BYTES + 1} bytes; 1 to {MOST_BYTES}"),
    ],
)
def test_a_file_that_has_none_is_named(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "a").write_bytes(content)
    source = SecretSource(file=str(tmp_path / "a"), connectors=CONNECTORS)

    with pytest.raises(StartError, match=said) as refused:
        read_secrets({"way-in": source}, {})

    assert "secrets.way-in" in str(refused.value)
    assert "ssss" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("a", SecretSource(connectors=CONNECTORS), "set one of file"),
        (
            "a",
            SecretSource(file="a", variable="A", connectors=CONNECTORS),
            "set one of file",
        ),
        ("a", SecretSource(variable="A", connectors=CONNECTORS), "A is not set"),
        ("A b", SecretSource(variable="A", connectors=CONNECTORS), "small letters"),
    ],
)
def test_what_has_no_place_or_two_is_refused(
    name: str, source: SecretSource, said: str
) -> None:
    with pytest.raises(StartError, match=said):
        read_secrets({name: source}, {})
