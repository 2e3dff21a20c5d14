"""Whatever is refused is refused in a sentence that says what was found and allowed."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import OperationType
from starlette.datastructures import Headers
from typer.testing import CliRunner

from bureau.caller import Caller, LookUp, Purpose
from connectors.elements import NOT_STATED
from gateway.batch.columns import NAMES, Column, read_header
from gateway.batch.encodings import encoding_of
from gateway.batch.tables import read_rows
from gateway.cli import app
from gateway.documents.extract import extract
from gateway.errors import StartError
from gateway.graphql_http.body import read_body
from gateway.graphql_http.csrf import require_preflight
from gateway.graphql_http.media_types import media_type_of, require_events, require_json
from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.graphql_http.request_timeout import Supervision
from gateway.graphql_http.safe_methods import require_safe
from gateway.privacy.keys import read_pseudonyms
from gateway.reconciliation.asked import _form
from gateway.reconciliation.sending import Sending, query_of, send
from gateway.settings.settings import read_certificate_id_key
from gateway.subscriptions.messages import EndedError
from resolvers.documents.documents import Documents, Question
from resolvers.documents.limits import Limits
from resolvers.documents.validation import RefusedDocumentError
from resolvers.errors import RequestError
from resolvers.schema import schema
from signing.algorithms import Algorithm
from store.database import read_database_url
from store.errors import UnusableDatabaseError
from tests.gateway.batch.test_asking import answer, scripted
from tests.gateway.collection.senders import PRIVATE
from tests.gateway.collection.test_sending import pem
from tests.gateway.subscriptions.protocols import (
    INIT,
    OPENED,
    PING,
    opened,
    ready,
    subscribe,
)

CALLER = Caller("clerk", frozenset())
OF_PEOPLE: Any = SimpleNamespace(kind=OperationType.QUERY, asks_about_people=True)


def said(work: Callable[[], object]) -> str:
    """Return what is said of what cannot be done."""
    with pytest.raises(
        (
            StartError,
            EndedError,
            RequestError,
            RefusedRequestError,
            RefusedDocumentError,
            UnusableDatabaseError,
        )
    ) as refused:
        work()
    error = refused.value
    return error.message if isinstance(error, RequestError) else str(error)


KNOWN = ", ".join(f"{NAMES[column][0]} ({column})" for column in Column)


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (
            lambda: encoding_of(["é".encode()]),
            (
                "no line tells whether the file is UTF-8 or GB18030; state --encoding, "
                "or save it as CSV UTF-8"
            ),
        ),
        (
            lambda: read_header(["姓 名", "身份证件"]),
            (
                "line 1: 1 unknown columns; perhaps the column 证件号码 (id_number). "
                f"Known, separated by commas: {KNOWN}"
            ),
        ),
        (
            lambda: read_header(["name", "zzz", "yyy"]),
            f"line 1: 2 unknown columns. Known, separated by commas: {KNOWN}",
        ),
        (
            lambda: read_header(["name", "姓名", "项目", "证件号码"]),
            "line 1: the column 姓名 (name) is there twice",
        ),
        (
            lambda: read_header(["证件号码"]),
            "line 1: the column 证书项目 (item) is missing",
        ),
        (
            lambda: _form("application/x-ndjson; charset=gb18030"),
            "lines of JSON are UTF-8 (RFC 8259)",
        ),
        (
            lambda: _form("text/plain"),
            (
                "state Content-Type as text/csv or application/x-ndjson, and charset, "
                "if at all, as utf-8 or gb18030"
            ),
        ),
        (
            lambda: require_safe(OF_PEOPLE),
            "ask about people by POST: addresses are logged and kept",
        ),
        (
            lambda: require_preflight(Headers({"accept": "*/*"})),
            "a GET needs an Authorization or a GraphQL-Preflight header",
        ),
        (
            lambda: media_type_of("text/html"),
            (
                "answers come as application/graphql-response+json or "
                "application/json, events as text/event-stream"
            ),
        ),
        (
            lambda: require_events("application/json"),
            (
                "a subscription is answered as text/event-stream: accept that, or "
                "subscribe over a websocket"
            ),
        ),
        (
            lambda: require_json(["text/plain"]),
            "send the question as application/json in UTF-8",
        ),
        (lambda: ready().receive(None, OPENED), "messages are text"),
        (
            lambda: ready().receive("x" * 1001, OPENED),
            "a message may have 1000 bytes",
        ),
        (lambda: ready().receive(INIT, OPENED), "connection_init is sent once"),
        (
            lambda: opened().receive(subscribe("a"), OPENED),
            "send connection_init, and wait for connection_ack",
        ),
        (
            lambda: ready("a").receive(subscribe("a"), OPENED),
            "a subscription of this id is under way",
        ),
        (lambda: opened().tick(OPENED + 10), "no connection_init came"),
        (lambda: ready().tick(OPENED + 60), "no subscription is under way"),
        (lambda: ready("a").tick(OPENED + 75), "pings are not answered"),
        (
            lambda: [*map(opened().receive, [PING] * 11, [OPENED] * 11)],
            "over 10 messages within a minute",
        ),
        (
            lambda: read_database_url("gateway.db"),
            "database_url is no database's address",
        ),
    ],
)
def test_it_is_said_in_a_sentence(work: Callable[[], object], sentence: str) -> None:
    assert said(work) == sentence


DIGEST = {"persistedQuery": {"version": 1, "sha256Hash": "a" * 64}}


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            Question(document_id="b" * 64, extensions=DIGEST),
            "documentId and persistedQuery name two documents",
        ),
        (
            Question(extensions={"persistedQuery": {"version": 1}}),
            'extensions.persistedQuery must be {"version": 1, "sha256Hash": "..."}',
        ),
        (
            Question(query="{ __typename }", extensions=DIGEST),
            "the query is not the document that its digest names",
        ),
        (Question(), "state a query, or a documentId"),
        (
            Question(query="query a { __typename } query b { __typename }"),
            "state operationName; the document has 2 operations",
        ),
        (
            Question(query="query a { __typename }", operation_name="b"),
            "the document has no operation of the name in operationName",
        ),
    ],
)
def test_a_question_that_names_no_document_is_refused_in_a_sentence(
    question: Question, sentence: str
) -> None:
    documents = Documents(schema.core, Limits(), is_open=True)

    assert said(lambda: documents.prepare(question, CALLER)) == sentence


async def none() -> Any:
    return {"type": "http.disconnect"}


async def silence() -> Any:
    return await asyncio.Event().wait()


async def long() -> Any:
    return {"type": "http.request", "body": b"x" * 11, "more_body": True}


@pytest.mark.parametrize(
    ("headers", "receive", "code", "sentence", "more"),
    [
        (
            {"content-encoding": "gzip"},
            none,
            Code.UNSUPPORTED_MEDIA_TYPE,
            "send the body as it is, without a content encoding",
            {"Accept-Encoding": "identity"},
        ),
        ({}, none, Code.BAD_REQUEST, "the body was cut off", {}),
        (
            {},
            silence,
            Code.BODY_TOO_SLOW,
            "the body did not come within 0.02 seconds",
            {"Connection": "close"},
        ),
        (
            {},
            long,
            Code.BODY_TOO_LARGE,
            "the body is over 10 bytes, the most allowed",
            {"Connection": "close"},
        ),
        (
            {"content-length": "11"},
            silence,
            Code.BODY_TOO_LARGE,
            "the body is over 10 bytes, the most allowed",
            {"Connection": "close"},
        ),
    ],
)
async def test_a_body_that_is_not_read_is_refused_in_a_sentence(
    headers: dict[str, str],
    receive: Any,
    code: Code,
    sentence: str,
    more: dict[str, str],
) -> None:
    with pytest.raises(RefusedRequestError) as refused:
        await read_body(
            Headers(headers),
            receive,
            max_bytes=10,
            seconds=0.02,
            supervision=Supervision(),
        )

    error = refused.value
    assert (error.code, str(error), error.headers) == (code, sentence, more)


def test_a_file_that_is_of_no_use_is_named_in_a_sentence(tmp_path: Path) -> None:
    empty, bare, key = (tmp_path / name for name in ("empty.csv", "bare.csv", "key"))
    empty.touch()
    bare.write_text("证件号码,项目\n", "utf-8")
    key.write_text("ab" * 63, "utf-8")
    quotes = tmp_path / "quotes.csv"
    quotes.write_text('"证件号码,项目\n', "utf-8")
    page = tmp_path / "page.md"
    page.write_text("```json\n{}\n```\n", "utf-8")
    remedy = f"make one with: openssl rand -hex 64 > {key}"
    pseudonyms = f"make one with: openssl rand -hex 32 > {key}"

    assert said(lambda: read_rows(empty)) == "the file is empty"
    assert said(lambda: read_rows(bare)) == "bare.csv has no rows below its first line"
    assert said(lambda: read_rows(quotes)) == (
        "line 1: quotation marks do not pair; no cell may go over lines"
    )
    assert said(lambda: extract([page])) == (
        "no document found; name .graphql files, manifests of clients (.json), "
        "or texts with ```graphql blocks"
    )
    assert said(lambda: read_certificate_id_key(key)) == (
        f"{key} holds 63 bytes, not 64; {remedy}"
    )
    assert said(lambda: read_pseudonyms(key)) == (
        f"{key}, key 1 has 63 bytes, not 32; {pseudonyms}"
    )
    assert said(lambda: read_pseudonyms(empty)) == (
        f"{empty} is empty; make one with: openssl rand -hex 32 > {empty}"
    )


def run(*words: str) -> str:
    """Run a command; return what stopped it."""
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, StartError), done.output
    return str(done.exception)


def test_what_stops_a_command_is_a_sentence(tmp_path: Path) -> None:

    key = tmp_path / "key.pem"
    key.write_bytes(pem(PRIVATE[Algorithm.ED25519]))
    sent = ("--url", "https://x.example", "--connector", "c", "--key-id", "k")

    assert run("collect", "nowhere", *sent, "--key", str(key)) == "nowhere is no file"
    absent = str(tmp_path / "absent.pem")
    assert run("collect", "nowhere", *sent, "--key", absent) == (
        f"--key: {absent}: No such file or directory"
    )
    for options in ((), ("--person", "--before", "2026-01-01")):
        erase = ("evidence", "erase", "--config", "x", "--reason", "r", *options)
        assert run(*erase) == "state one of --person and --before"


async def test_a_list_whose_answer_breaks_off_is_told(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("claim\n", "utf-8")

    async def sent(content: bytes) -> str:
        async with scripted(answer(200, content)) as server:
            sending = Sending(
                url=f"http://127.0.0.1:{server.port}",
                token="secret",
                look_up=LookUp(Purpose.RECOVERY, "1"),
                elements=NOT_STATED,
                query=query_of("2026-01-01", "2026-01-31", "310115,310104", "A&B"),
                encoding=None,
                tls=None,
            )
            found = await asyncio.to_thread(
                said, lambda: send(file, sending, lambda _: None)
            )
            assert (
                b"POST /reconciliation?from=2026-01-01&to=2026-01-31"
                b"&district=310115,310104&state=A%26B HTTP"
            ) in server.asked[0]
            return found

    broken = "the answer broke off before its end; send the list again"
    assert await sent(b'{"claim": "c", "result": "MATCH"}\n') == broken
    assert await sent(b'{"claim') == broken
