"""The key of pseudonyms is read, or the start is stopped with what to do."""

from pathlib import Path

import pytest

from bureau.privacy.pseudonyms import Pseudonyms
from gateway.errors import StartError
from gateway.privacy.keys import read_pseudonyms
from policy.identity import Identity, IdType

PERSON = Identity(IdType.RESIDENT_ID, "310110199003074514")
OLD, NEW = bytes(32), bytes([1]) * 32


def test_the_first_line_makes_pseudonyms_and_the_others_find(tmp_path: Path) -> None:
    path = tmp_path / "pseudonym.key"
    path.write_text(f"{NEW.hex()}\n{OLD.hex()}\n")

    found = read_pseudonyms(path).all_of(PERSON)

    assert found == Pseudonyms([NEW, OLD]).all_of(PERSON)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(None, "holds no key in hexadecimal", id="missing"),
        pytest.param("", "is empty", id="empty"),
        pytest.param("x" * 64, "holds no key in hexadecimal", id="no hexadecimal"),
        pytest.param("00" * 31, "key 1 has 31 bytes, not 32", id="too short"),
        pytest.param("00" * 33, "key 1 has 33 bytes, not 32", id="too long"),
        pytest.param(f"{'00' * 32}\n00", "key 2 has 1 bytes", id="a bad second"),
    ],
)
def test_what_is_no_key_stops_the_start(
    tmp_path: Path, text: str | None, says: str
) -> None:
    path = tmp_path / "pseudonym.key"
    if text is not None:
        path.write_text(text)

    with pytest.raises(StartError, match="openssl rand -hex 32") as refused:
        read_pseudonyms(path)

    assert says in str(refused.value)
