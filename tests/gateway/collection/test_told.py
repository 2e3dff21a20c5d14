"""What is told of transfers: to programs, on the log, and of each refusal."""

import json
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry
from starlette.requests import Request
from structlog.testing import capture_logs

from bureau.collection import Gap, Outcome, Position
from gateway.collection.endpoint import SENT_AT_ONCE, _encoding, _Transfer
from gateway.collection.inflate import Encoding
from gateway.collection.kept import KeptRecords
from gateway.collection.line import read_line
from gateway.collection.lines import OVERLONG
from gateway.collection.metrics import CollectionMetrics
from gateway.collection.refusal import WANTED, WORDS, IntakeError, Problem
from gateway.collection.results import ENDS, End, LineResult, Summary, ended
from gateway.collection.screen import tell_sum
from gateway.collection.sending import Sum
from policy.text import Text


def test_a_transfer_is_told_to_programs_as_one_object(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = Sum(
        Counter({Outcome.ACCEPTED: 3, Outcome.REFUSED: 1}),
        Counter({"B": 1, "A": 2}),
        skipped=7,
        missing=9,
    )

    tell_sum(found, Path("refused.ndjson"))
    told = json.loads(capsys.readouterr().out)
    tell_sum(Sum(), None)
    nothing = json.loads(capsys.readouterr().out)

    assert told == {
        "outcomes": {
            "ACCEPTED": 3,
            "ALREADY_KNOWN": 0,
            "SUPERSEDED": 0,
            "REFUSED": 1,
        },
        "codes": {"A": 2, "B": 1},
        "skipped": 7,
        "missing": 9,
        "settled": False,
        "refused": "refused.ndjson",
    }
    assert (nothing["refused"], nothing["settled"]) == (None, True)


def test_a_line_and_the_sum_of_all_are_told_with_their_codes() -> None:
    results = [
        LineResult(
            line=1, sequence=5, outcome=Outcome.ACCEPTED, code="B", gap=Gap(3, 4)
        ),
        LineResult(line=2, sequence=None, outcome=Outcome.REFUSED, code="A"),
        LineResult(line=3, sequence=6, outcome=Outcome.ACCEPTED, code="A"),
        LineResult(line=4, sequence=7, outcome=Outcome.ACCEPTED),
    ]
    summary = Summary("states")
    summary.add(results[:2])
    summary.add(results[2:])

    assert orjson.loads(summary.written(None, is_complete=False)) == {
        "summary": {
            "stream": "states",
            "isComplete": False,
            "lines": 4,
            "outcomes": {
                "ACCEPTED": 3,
                "ALREADY_KNOWN": 0,
                "SUPERSEDED": 0,
                "REFUSED": 1,
            },
            "codes": {"A": 2, "B": 1},
        }
    }
    whole = orjson.loads(summary.written(Position(9), is_complete=True))["summary"]
    assert (whole["isComplete"], whole["lastSequence"]) == (True, 9)
    assert orjson.loads(results[3].written()) == {
        "line": 4,
        "sequence": 7,
        "outcome": "ACCEPTED",
    }
    assert orjson.loads(results[0].written()) == {
        "line": 1,
        "sequence": 5,
        "outcome": "ACCEPTED",
        "code": "B",
        "gap": {"first": 3, "last": 4},
    }


@pytest.mark.parametrize("end", End)
def test_an_end_is_told_as_the_result_of_the_line_it_came_at(end: End) -> None:
    told = orjson.loads(ended(7, end).written())

    words = ENDS[end]
    assert told == {
        "line": 7,
        "sequence": None,
        "outcome": "REFUSED",
        "code": str(end),
        "reason": {"zh": words.zh, "en": words.en},
    }


STATUSES = {
    400: {"MALFORMED_QUERY", "NO_DIGEST", "WRONG_DIGEST", "CUT_OFF"},
    403: {"FOREIGN_KEY", "ACCOUNT_NOT_ACTIVE", "CONNECTOR_SUSPENDED"},
    404: {"UNKNOWN_CONNECTOR"},
    405: {"METHOD_NOT_ALLOWED"},
    408: {"TOO_SLOW"},
    413: {"TOO_LARGE"},
    415: {"UNKNOWN_ENCODING"},
    429: {"TOO_MANY_TRANSFERS"},
    503: {"NO_ROOM", "UNAVAILABLE", "OVERLOADED"},
}
RETRY = {"TOO_MANY_TRANSFERS": "1", "OVERLOADED": "1", "UNAVAILABLE": "5"}


@pytest.mark.parametrize("problem", Problem)
def test_a_refusal_as_a_whole_is_a_problem_of_rfc_9457(problem: Problem) -> None:
    status = next((s for s, of in STATUSES.items() if problem in of), 401)
    words = WORDS[problem][1]

    response = IntakeError(problem, "detail").response()

    assert response.status_code == status
    assert orjson.loads(response.body) == {
        "type": "about:blank",
        "title": words.en,
        "status": status,
        "code": problem,
        "reason": {"zh": words.zh, "en": words.en},
        "detail": "detail",
    }
    assert "detail" not in orjson.loads(IntakeError(problem).response().body)
    headers = response.headers
    assert headers["content-type"] == "application/problem+json"
    expected = {**RETRY, "NO_ROOM": "60"}.get(problem)
    assert headers.get("retry-after") == expected
    closes = problem in {"TOO_SLOW", "TOO_LARGE", "NO_ROOM"}
    assert headers.get("connection") == ("close" if closes else None)
    wanted = ("Signature", WANTED) if status == 401 else (None, None)
    found = headers.get("www-authenticate"), headers.get("accept-signature")
    assert found == wanted
    assert str(IntakeError(problem)) == words.en


def test_how_the_next_request_is_to_be_signed_is_said_in_full() -> None:
    assert WANTED == (
        'sig=("@method" "@target-uri" "content-digest" "content-length" '
        '"content-encoding");created;keyid;nonce;tag="certificate-gateway-collect"'
    )


@pytest.mark.parametrize(
    ("stated", "expected"),
    [("", Encoding.IDENTITY), (" GZIP ", Encoding.GZIP), ("zstd", Encoding.ZSTD)],
)
def test_an_encoding_is_read_as_it_is_stated(stated: str, expected: Encoding) -> None:
    assert _encoding(stating(stated)) is expected


@pytest.mark.parametrize("stated", ["br", "gzip, gzip", "x-gzip"])
def test_an_encoding_that_is_none_is_refused(stated: str) -> None:
    with pytest.raises(IntakeError) as refused:
        _encoding(stating(stated))

    assert refused.value.problem is Problem.UNKNOWN_ENCODING


def stating(encoding: str) -> Request:
    headers = [(b"content-encoding", one.encode()) for one in encoding.split(",")]
    return Request({"type": "http", "headers": headers if encoding else []})


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (
            OVERLONG,
            "LINE_TOO_LONG",
            Text("此行过长，已跳过", "the line is too long and was skipped"),
        ),
        (
            b"{",
            "INVALID_JSON",
            Text("此行不是严格的 JSON", "the line is no strict JSON"),
        ),
        (
            b'{"record": 1}',
            "MALFORMED_LINE",
            Text(
                '一行应为 {"sequence": 正整数, "record": "紧凑 JWS"}',
                'a line is {"sequence": a number from 1, "record": "a compact JWS"}',
            ),
        ),
    ],
)
def test_why_a_line_cannot_be_read_is_said_in_both_languages(
    text: bytes | None, code: str, words: Text
) -> None:
    found = read_line(text, 3)

    assert isinstance(found, LineResult)
    assert (found.line, found.outcome, found.reason) == (3, Outcome.REFUSED, words)
    assert code in str(found.code)


def test_what_is_lost_is_logged_once_until_it_is_found_again() -> None:
    with capture_logs() as logged:
        metrics = CollectionMetrics(CollectorRegistry())
        for _ in range(2):
            metrics.collected_not_followed("away")
        metrics.collected_kept(7)
        metrics.collected_not_followed("away again")
        metrics.collected_unread("gone")
        metrics.unknown_certificates("fire", 2)

    lost = "what others collect is not known"
    assert logged == [
        {"event": lost, "log_level": "error", "reason": "away"},
        {"event": lost, "log_level": "error", "reason": "away again"},
        {
            "event": "what was collected was not read",
            "log_level": "error",
            "reason": "gone",
        },
        {
            "event": "alert",
            "log_level": "warning",
            "alert": "UNKNOWN_CERTIFICATE",
            "agency": "fire",
            "changes": 2,
        },
    ]


@dataclass
class People:
    """Whose records came: what was asked for, and what is answered."""

    last: int = 0
    sequences: Mapping[str, int] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    async def newest(self) -> int:
        return 4

    async def after(self, last: int) -> tuple[Mapping[str, int], int, Sequence[str]]:
        self.asked.append(last)
        return self.sequences, self.last, ()


@dataclass
class Observer:
    """Writes down how much is kept."""

    kept: list[int] = field(default_factory=list)

    def collected_kept(self, bytes_taken: int) -> None:
        self.kept.append(bytes_taken)

    def collected_not_followed(self, reason: str) -> None:
        raise AssertionError(reason)


async def test_what_is_kept_is_weighed_and_followed_from_the_newest_on() -> None:
    people, observer = People(5, {"fire": 3}), Observer()
    kept = KeptRecords(people, observer)  # type: ignore[arg-type]  # its two questions
    await kept.begin_to_follow()
    one = SimpleNamespace(envelope=SimpleNamespace(signature=b"s" * 100))
    kept.keep("p", {"a": [one, one], "b": []}, kept.begin())  # type: ignore[list-item]  # of a record its length

    await kept.refresh()

    assert (people.asked, kept.sequence("fire")) == ([4, 5], 3)
    assert observer.kept == [0, kept.bytes_taken]
    assert kept.bytes_taken == 700 + 2 * 300 + 2 * (700 + 100)

    people.last, people.sequences = 4, {"fire": 2}
    await kept.refresh()

    # Another look has come further.
    assert (people.asked, kept.sequence("fire")) == ([4, 5, 5], 3)


async def test_what_was_kept_is_counted_though_its_sender_has_left() -> None:
    parts: list[bytes] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        if parts:
            raise ConnectionResetError
        parts.append(message["body"])

    counts = CollectorRegistry()
    transfer = _Transfer(
        SimpleNamespace(reports=CollectionMetrics(counts)),  # type: ignore[arg-type]  # nothing else of it is asked
        SimpleNamespace(id="fire"),  # type: ignore[arg-type]  # likewise
        "records",
        send,
    )
    refused = [ended(number, End.UNAVAILABLE) for number in range(3 * SENT_AT_ONCE)]

    with pytest.raises(ConnectionResetError):
        await transfer._send_results(refused)

    samples = [one for metric in counts.collect() for one in metric.samples]
    assert len(parts[0].splitlines()) == SENT_AT_ONCE
    assert 3 * SENT_AT_ONCE in {one.value for one in samples}
