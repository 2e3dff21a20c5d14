"""Nothing is left out whose bytes were not compared, whatever is sent, and when."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bureau.collection import Outcome
from gateway.collection.sending import Compression, Sending, Sum
from gateway.collection.sent_lines import in_parts, read_lines
from signing.envelope import Envelope, PayloadType
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import Sender, line, payload, record
from tests.gateway.collection.test_command import collect, written
from tests.running import Agencies

STREAMS = {"records": PayloadType.RECORD, "states": PayloadType.STATE}
NUMBERS = count(1)
PEOPLE = nobodies(1)


@pytest.fixture(name="key")
def _key(sender: Sender, running_agencies: Agencies) -> Path:
    return running_agencies.folder / "keys" / f"{sender.key.kid}.pem"


def signed(sender: Sender, how_many: int, stream: str = "records") -> list[str]:
    """Sign records, or changes, of certificates that nobody ever heard of."""
    return [
        record(
            sender.key,
            payload(PEOPLE[0], f"D{next(NUMBERS)}", status="有效"),
            type=STREAMS[stream],
        )
        for _ in range(how_many)
    ]


def digest(record: str) -> str:
    return Envelope(record.encode()).digest.hex()


def kept(sender: Sender, stream: str, after: int = 0) -> list[tuple[int, str]]:
    """Return what the gateway tells of a stream: numbers, and digests of records."""
    asking = Sending(sender.url, sender.key, Compression.NONE, stream=stream)
    page = asking._page_after(after)
    assert (page["stream"], page["after"], page["isToEnd"]) == (stream, after, True)
    return [(number, digest) for number, digest in page["lines"]]


def sent(
    sender: Sender, file: Path, *, stream: str = "records", first: int | None = None
) -> Sum:
    """Send a file as the command does, three lines a request."""
    sending = Sending(sender.url, sender.key, Compression.NONE, stream=stream)
    parts = in_parts(read_lines(file, first), 3)
    return sending.send(parts, lambda _line, _result: None, lambda _done: None)


@pytest.mark.parametrize("stream", STREAMS)
def test_bare_lines_of_a_second_day_go_on_after_the_last_of_the_first(
    sender: Sender, key: Path, tmp_path: Path, stream: str
) -> None:
    options = ("--states",) if stream == "states" else ()
    day1, day2 = signed(sender, 3, stream), signed(sender, 3, stream)
    done = [
        collect(sender, written(tmp_path / "day.jws", day), key, *options)
        for day in (day1, day2, day1)
    ]

    # Of certificates that nobody has seen changes are told, and so it exits with 1.
    codes = [code for code, _ in done]
    assert codes == [1 if stream == "states" else 0] * 3, done
    assert kept(sender, stream) == [*enumerate(map(digest, day1 + day2), start=1)]
    assert sender.status()[stream]["lastSequence"] == 6


@pytest.mark.parametrize("stream", STREAMS)
def test_bare_lines_that_several_send_at_once_are_kept_once_and_whole(
    sender: Sender, tmp_path: Path, stream: str
) -> None:
    day1, day2 = signed(sender, 7, stream), signed(sender, 7, stream)
    files = [
        written(tmp_path / f"{n}.jws", day) for n, day in enumerate((day1, day2, day1))
    ]

    with ThreadPoolExecutor(len(files)) as senders:
        found = list(senders.map(lambda file: sent(sender, file, stream=stream), files))

    total = sum((one.outcomes for one in found), Counter())
    assert total == {Outcome.ACCEPTED: 14, Outcome.ALREADY_KNOWN: 7}
    there = kept(sender, stream)
    assert [number for number, _ in there] == [*range(1, 15)]
    assert sorted(one for _, one in there) == sorted(map(digest, day1 + day2))


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("numbered", ["by the file", "by --first"])
def test_a_number_that_is_used_for_other_bytes_is_a_rollback(
    sender: Sender, key: Path, tmp_path: Path, stream: str, numbered: str
) -> None:
    options = ("--states",) if stream == "states" else ()
    day1, day2 = signed(sender, 3, stream), signed(sender, 3, stream)
    collect(sender, written(tmp_path / "day1.jws", day1), key, *options)
    if numbered == "by the file":
        day2_lines = [line(n, one) for n, one in enumerate(day2, start=1)]
    else:
        day2_lines, options = day2, (*options, "--first", "1")
    file = written(tmp_path / "day2", day2_lines)

    code, said = collect(sender, file, key, *options)

    assert (code, "ROLLBACK: 3" in said) == (1, True), said
    assert "not sent" not in said
    assert kept(sender, stream) == [*enumerate(map(digest, day1), start=1)]


def test_what_is_there_byte_for_byte_is_not_sent_again(
    sender: Sender, tmp_path: Path
) -> None:
    day = signed(sender, 7)
    lines = [line(n, one) for n, one in enumerate(day, start=1)]
    sent(sender, written(tmp_path / "begun", lines[:5]))

    found = sent(sender, written(tmp_path / "whole", lines))

    assert (found.skipped, found.outcomes) == (5, {Outcome.ACCEPTED: 2})


@dataclass
class Model:
    """What has to be kept, by the rules of the page."""

    base: int
    kept: dict[int, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    def take(self, number: int | None, one: str) -> str:
        """Take one line; return what has to be told of it."""
        if one in self.kept.values():
            if number is not None:
                self.used.add(number)
            return "known"
        if number is None:
            number = max(self.used, default=self.base) + 1
        if number in self.used:
            return "rollback"
        self.used.add(number)
        self.kept[number] = one
        return "kept"


OF_A_DAY = 4
lines_of_files = st.lists(
    st.tuples(st.integers(0, 2 * OF_A_DAY - 1), st.none() | st.integers(1, 9)),
    max_size=8,
)


@pytest.mark.parametrize("stream", STREAMS)
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(files=st.lists(lines_of_files, min_size=1, max_size=6))
def test_any_files_in_any_order_lose_nothing_and_keep_nothing_twice(
    sender: Sender, stream: str, files: Sequence[Sequence[tuple[int, int | None]]]
) -> None:
    """Two days' records, split, numbered, repeated and mixed up in whatever way."""
    base = sender.status()[stream]["lastSequence"]
    days = signed(sender, 2 * OF_A_DAY, stream)
    # At last both days as they are: whatever was not kept before is, now.
    whole = [(n, None) for n in range(len(days))]
    model = Model(base)
    for file in (*files, whole):
        stated = [(days[n], None if m is None else base + m) for n, m in file]
        texts = [one if m is None else line(m, one) for one, m in stated]
        expected = [model.take(m, one) for one, m in stated]
        with tempfile.TemporaryDirectory() as folder:
            found = sent(sender, written(Path(folder) / "file", texts), stream=stream)

        known = found.skipped + found.outcomes[Outcome.ALREADY_KNOWN]
        assert found.outcomes[Outcome.ACCEPTED] == expected.count("kept")
        assert known == expected.count("known")
        assert found.outcomes[Outcome.REFUSED] == expected.count("rollback")
        assert found.codes["ROLLBACK"] == expected.count("rollback")

    assert sorted(model.kept.values()) == sorted(days)
    assert kept(sender, stream, base) == [
        (number, digest(one)) for number, one in sorted(model.kept.items())
    ]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("digests=others", id="no stream"),
        pytest.param("digests=records&after=-1", id="no number"),
        pytest.param("digests=records&after=٣", id="a digit of another script"),
        pytest.param("digests=records&after=9007199254740992", id="beyond numbers"),
        pytest.param("digests=records&digests=states", id="twice"),
        pytest.param("after=1", id="of what"),
        pytest.param("digest=records", id="mistyped"),
    ],
)
def test_what_cannot_be_read_of_a_question_is_refused(
    sender: Sender, query: str
) -> None:
    answer = sender.question(query)

    assert (answer.status, answer.problem) == (400, "MALFORMED_QUERY")


def test_nobody_is_told_digests_who_did_not_sign(sender: Sender) -> None:
    answer = sender.question("digests=records", is_signed=False)

    assert (answer.status, answer.problem) == (401, "NO_SIGNATURE")
