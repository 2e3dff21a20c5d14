"""What a copy of a log takes, and what it refuses, whoever shows it."""

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bureau.transparency.look_ups import fact_of, kind_of
from gateway.cli import app
from gateway.transparency.mirror import ForkedError, Mirror, MirrorError
from signing.transparency.checkpoints import Checkpoint, NoteSigner
from signing.transparency.edge import Edge
from signing.transparency.entries import commitment, entry
from signing.transparency.merkle import leaf_hash
from signing.transparency.notes import Kind, Note
from signing.transparency.policies import read_policy
from signing.transparency.tiles import WIDTH, Tile, bundle_of
from tests.store.audit.records import NOON

SIGNER = NoteSigner("log.example/a", Kind.ED25519, Ed25519PrivateKey.generate())
POLICY = f"log {SIGNER.key}\nquorum none\n"
AGENCY, SALT = "fire-rescue", bytes(range(16))
LOOK_UP = [7, "2026-11-30T04:00:00+00:00", "LOOKED_UP", "hr", None, "ANSWERED"]


def other(number: int, word: str = "") -> bytes:
    made = hashlib.sha256(f"{number}{word}".encode()).digest()
    return entry("decision", [made])


def own(raw: bytes) -> tuple[bytes, str]:
    """Return an entry of the agency's, and the row that it commits to."""
    body = fact_of(AGENCY, 5, 9, len(json.loads(raw)), raw)
    row = json.dumps({"row": {"id": 3, "body": body}, "source": "logged_facts"})
    return entry(kind_of(AGENCY), [commitment(SALT, row.encode())]), row


class Log:
    """A log, and what a gateway shows of it."""

    def __init__(self, entries: Sequence[bytes], told: object = ()) -> None:
        self.entries = entries
        self.told = told

    def fetch(self, path: str) -> bytes:
        if path.startswith("/look-ups/"):
            is_first = path.endswith("after=0")
            return json.dumps({"lookUps": self.told if is_first else ()}).encode()
        if path.endswith("/checkpoint"):
            edge = Edge(0, lambda _tile: b"")
            for one in self.entries:
                edge.append(leaf_hash(one))
            checkpoint = Checkpoint("log.example/a", edge.size, edge.root)
            return str(Note(checkpoint.text, [SIGNER.sign(checkpoint, NOON)])).encode()
        for place in range(len(self.entries) // WIDTH + 1):
            some = self.entries[place * WIDTH : (place + 1) * WIDTH]
            if path == f"/transparency/{Tile(0, place, len(some)).entries_path}":
                return bundle_of(some)
        raise AssertionError(path)


def copy(folder: Path) -> Mirror:
    return Mirror(folder, AGENCY, read_policy(POLICY.encode()))


def told_of(index: int, row: str, raw: bytes | None) -> dict[str, object]:
    salt = base64.b64encode(SALT).decode()
    shown = None if raw is None else raw.decode()
    return {"number": 3, "index": index, "row": row, "salt": salt, "list": shown}


@given(
    sizes=st.lists(st.integers(1, 300), min_size=1, max_size=4),
    forked_at=st.integers(0, 10_000),
)
def test_a_log_that_only_grew_is_taken_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], forked_at: int
) -> None:
    mirror = copy(tmp_path_factory.mktemp("copy"))
    size = 0
    for more in sizes:
        size += more
        log = Log([other(n) for n in range(size)])
        assert mirror.take(log.fetch).size == size
    place = forked_at % size
    entries = [other(n, "x" * (n == place)) for n in range(size)]
    for shown in (entries, [*entries, other(size)], entries[: place + 1]):
        with pytest.raises(ForkedError):
            mirror.take(Log(shown).fetch)
    kept = mirror.kept
    assert kept is not None
    assert kept.size == size
    # What is shorter, and the beginning of it, is an old checkpoint and no fork.
    assert mirror.take(Log([other(n) for n in range(size)][: place + 1]).fetch) == kept
    assert mirror.has(place, "decision", [hashlib.sha256(f"{place}".encode()).digest()])
    assert not mirror.has(place, "decision", [bytes(32)])


def test_a_list_is_shown_only_if_it_is_what_the_log_has(tmp_path: Path) -> None:
    raw = json.dumps([LOOK_UP]).encode()
    mine, row = own(raw)
    log = Log([other(0), mine, other(2)])
    mirror = copy(tmp_path)
    mirror.take(log.fetch)
    assert (mirror.own, mirror.hidden) == ([1], [1])

    for index, shown_row, shown in (
        (1, row, json.dumps([]).encode()),
        (1, row.replace('"to": 9', '"to": 6'), raw),
        (0, row, raw),
        (1, row.replace(AGENCY, "transport"), raw),
    ):
        log.told = [told_of(index, shown_row, shown)]
        with pytest.raises(MirrorError):
            mirror.take_shown(log.fetch)
        assert mirror.hidden == [1]

    log.told = [told_of(1, row, raw)]
    mirror.take_shown(log.fetch)
    assert mirror.hidden == []
    # The same again is nothing new, and would never end.
    always = json.dumps({"lookUps": log.told}).encode()
    with pytest.raises(MirrorError, match="comes twice"):
        mirror.take_shown(lambda _path: always)
    assert [mirror.of_look_up(n)[1] for n in (7, 8)] == [True, False]
    assert mirror.of_look_up(8)[0] is not None
    assert mirror.of_look_up(10) == (None, False)


def test_a_list_that_is_kept_back_is_named(tmp_path: Path) -> None:
    mine, row = own(json.dumps([LOOK_UP]).encode())
    log = Log([mine], [told_of(0, row, None)])
    mirror = copy(tmp_path)
    mirror.take(log.fetch)
    mirror.take_shown(log.fetch)

    (hidden,) = mirror.hidden
    assert not isinstance(hidden, int)
    assert (hidden.index, hidden.count, hidden.after, hidden.to) == (0, 1, 5, 9)


def test_a_checkpoint_of_nobodys_is_not_believed(tmp_path: Path) -> None:
    other_key = NoteSigner("log.example/a", Kind.ED25519, Ed25519PrivateKey.generate())
    policy = read_policy(f"log {other_key.key}\nquorum none\n".encode())

    with pytest.raises(MirrorError, match="not believed"):
        Mirror(tmp_path, AGENCY, policy).take(Log([other(0)]).fetch)


def test_rows_of_a_bundle_are_looked_for_in_the_copy(tmp_path: Path) -> None:
    made = hashlib.sha256(b"1").digest()
    copy(tmp_path / "copy").take(Log([other(0), other(1)]).fetch)
    (tmp_path / "policy").write_text(POLICY)
    codes, arguments = [], [""]
    for index in (1, 0):
        row = {
            "kind": "decision",
            "index": index,
            "commitments": [base64.b64encode(made).decode()],
        }
        bundle = tmp_path / f"{index}.json"
        bundle.write_text(json.dumps({"rows": [row]}))
        stated = ["--agency", AGENCY, "--policy", str(tmp_path / "policy")]
        arguments = [str(tmp_path / "copy"), *stated, "--bundle", str(bundle)]
        codes.append(CliRunner().invoke(app, ["transparency", "shown", *arguments]))
    told = CliRunner().invoke(app, ["transparency", "shown", *arguments, "--json"])

    assert [one.exit_code for one in (*codes, told)] == [0, 1, 1]
    assert json.loads(told.stdout) == {
        "there": False,
        "found": [{"of": "decision", "entry": 0, "there": False}],
    }
    assert "NOT IN THE COPY" in codes[1].output
