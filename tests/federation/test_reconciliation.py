"""A platform's list is compared with the ledger over sockets, row by row."""

import asyncio
import gzip
import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from gateway.settings.settings import load_settings
from store.store import open_store
from store.transparency.tables import logged_facts
from tests.contracts.people import nobodies
from tests.federation.offices import (
    BUREAU,
    DISTRICT,
    PLATFORM,
    READER,
    UNSTATED,
    Offices,
)
from tests.gateway.status.sending import today

HEADER = "申领编号,金额,区代码,证件号码,证书标识,日期,状态"
NDJSON = "application/x-ndjson"


def reconcile(
    offices: Offices,
    body: bytes,
    *,
    token: str | None = PLATFORM,
    window: str = "",
    **headers: str,
) -> tuple[int, list[dict[str, Any]]]:
    """Return the status and the lines of an answer."""
    day = today().isoformat()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named = {"Content-Type": "text/csv", **named}
    if token is not None:
        named["Authorization"] = f"Bearer {token}"
    address = f"/reconciliation?{window or f'from={day}&to={day}'}"
    status, text = offices.gateways[1].send(address, body, named)
    return status, [json.loads(line) for line in text.splitlines()]


def results(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the results of rows by their claim."""
    return {line["claim"]: line for line in lines if "claim" in line}


def summary(lines: list[dict[str, Any]]) -> Any:
    return lines[-1]["summary"]


def paid(offices: Offices, claim: str, district: str = DISTRICT) -> tuple[str, str]:
    """Pay a claim of somebody new; return the number and the certificate's id."""
    holder, _, certificate = offices.certified()
    key = f"reconciled-{claim.encode().hex()}"
    told = offices.decide(0, certificate, claim, key=key, district=district)
    assert told["__typename"] == "DecisionRecorded", told
    return holder.number, certificate


def row(claim: str, number: str, certificate: str) -> dict[str, Any]:
    """Return a row that agrees with what ``paid`` paid."""
    return {
        "claim": claim,
        "amountYuan": 1600,
        "district": "310115",
        "idNumber": number,
        "certificate": certificate,
        "day": today().isoformat(),
        "state": "PAID",
    }


def csv_of(*rows: Mapping[str, object]) -> str:
    lines = [",".join("" if v is None else str(v) for v in r.values()) for r in rows]
    return "\r\n".join([HEADER, *lines, ""])


def ndjson_of(*rows: Mapping[str, object]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_what_agrees_matches_in_either_encoding(
    offices: Offices, encoding: str
) -> None:
    claim = f"沪浦补〔2026〕{encoding}"
    stated = row(claim, *paid(offices, claim))

    status, lines = reconcile(offices, csv_of(stated).encode(encoding))

    assert status == 200
    assert results(lines)[claim] == {"line": 2, "claim": claim, "result": "MATCH"}
    assert summary(lines)["isComplete"] is True
    assert summary(lines)["results"]["MATCH"] == 1


def test_what_a_list_comes_to_is_a_fact_that_the_log_commits_to(
    offices: Offices,
) -> None:
    claim = "noted"
    stated = row(claim, *paid(offices, claim))

    reconcile(offices, csv_of(stated).encode())
    _, lines = reconcile(offices, csv_of(stated).encode())

    first, second = asyncio.run(noted(offices))[-2:]
    assert second["summary"] == summary(lines)
    assert second["summary"] == first["summary"]
    assert second["at"] != first["at"]


async def noted(offices: Offices) -> list[dict[str, Any]]:
    """Return the reconciliations that the log commits to."""
    settings = load_settings(offices.gateways[0].folder / "gateway.toml", {})
    column = logged_facts.c
    facts = select(column.body).where(column.kind == "reconciliation")
    async with open_store(settings.database_url) as store, store.engine.connect() as c:
        return list((await c.execute(facts.order_by(column.id))).scalars())


def test_lines_of_json_and_what_is_left_out_is_not_compared(offices: Offices) -> None:
    number, certificate = paid(offices, "as-json")
    whole = row("as-json", number, certificate)
    paid(offices, "as-json-too")

    body = ndjson_of(whole, {"claim": "as-json-too", "amountYuan": None})
    status, lines = reconcile(offices, body, Content_Type=NDJSON)

    found = results(lines)
    assert status == 200
    assert [found[one]["result"] for one in ("as-json", "as-json-too")] == [
        *("MATCH", "MATCH"),
    ]


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"amountYuan": 1601}, ["amountYuan"]),
        ({"amountYuan": "1600.01"}, ["amountYuan"]),
        ({"district": "310101"}, ["district"]),
        ({"day": "2026-01-31"}, ["day"]),
        ({"state": "RETURNED"}, ["state"]),
        ({"certificate": "another"}, ["certificate"]),
        (
            {"amountYuan": 1, "state": "REFUSED", "day": "2026-01-31"},
            ["amountYuan", "day", "state"],
        ),
    ],
)
def test_what_differs_is_named(
    offices: Offices, changes: dict[str, object], differs: list[str]
) -> None:
    claim = f"differs-{'-'.join(differs)}-{len(str(changes))}"
    stated = {**row(claim, *paid(offices, claim)), **changes}

    _, lines = reconcile(offices, ndjson_of(stated), Content_Type=NDJSON)

    found = results(lines)[claim]
    assert (found["result"], found["differs"]) == ("DIFFERENT", differs)
    assert list(found["here"]) == differs


def test_whose_it_is_is_compared_and_not_shown(offices: Offices) -> None:
    number, certificate = paid(offices, "somebodys")
    (other,) = nobodies(1)
    stated = row("somebodys", other.number, certificate)

    _, lines = reconcile(offices, ndjson_of(stated), Content_Type=NDJSON)

    found = results(lines)["somebodys"]
    assert (found["result"], found["differs"], found["here"]) == (
        *("DIFFERENT", ["person"], {}),
    )
    assert number not in json.dumps(lines)
    assert other.number not in json.dumps(lines)


def test_what_is_missing_on_either_side_is_told(offices: Offices) -> None:
    paid(offices, "not-there")
    stated = {"claim": "not-here", "amountYuan": 1600}

    _, lines = reconcile(offices, ndjson_of(stated), Content_Type=NDJSON)

    found = results(lines)
    assert found["not-here"] == {
        "line": 1,
        "claim": "not-here",
        "result": "MISSING_HERE",
    }
    missing = found["not-there"]
    assert missing["result"] == "MISSING_THERE"
    assert (missing["here"]["amountYuan"], missing["here"]["state"]) == (1600, "PAID")
    assert "line" not in missing


def test_the_window_says_what_a_list_should_have(offices: Offices) -> None:
    paid(offices, "in-xuhui", district="310104")
    day = today().isoformat()
    windows = {
        "310104": f"from={day}&to={day}&district=310104",
        "310101": f"from={day}&to={day}&district=310101",
        "RETURNED": f"from={day}&to={day}&district=310104&state=RETURNED",
        "2022": "from=2022-09-01&to=2022-09-02&district=310104",
    }

    told = {
        name: "in-xuhui" in results(reconcile(offices, b"claim\n", window=window)[1])
        for name, window in windows.items()
    }

    assert told == {"310104": True, "310101": False, "RETURNED": False, "2022": False}


def test_a_claim_that_was_refused_is_one(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    offices.decide(0, certificate, "refused-one", outcome="REFUSED", amountYuan=None)
    offices.decide(0, certificate, "refused-two", outcome="REFUSED", amountYuan=None)

    body = ndjson_of({"claim": "refused-one", "state": "REFUSED"})
    _, lines = reconcile(offices, body, Content_Type=NDJSON)

    found = results(lines)
    assert found["refused-one"]["result"] == "MATCH"
    assert found["refused-two"]["result"] == "MISSING_THERE"


def test_a_claim_is_as_its_newest_step_says(offices: Offices) -> None:
    number, certificate = paid(offices, "came-back")
    offices.pay_step(0, claim="came-back", version=1, action="RETURN")
    stated = row("came-back", number, certificate)

    _, lines = reconcile(
        offices, ndjson_of(stated, {**stated, "claim": "x"}), Content_Type=NDJSON
    )

    found = results(lines)["came-back"]
    assert (found["differs"], found["here"]) == (["state"], {"state": "RETURNED"})


def test_a_duplicate_is_told_and_not_compared(offices: Offices) -> None:
    number, certificate = paid(offices, "twice")
    (other,) = nobodies(1)
    first, second = (row("twice", one, certificate) for one in (other.number, number))

    _, lines = reconcile(offices, ndjson_of(first, second), Content_Type=NDJSON)

    assert results(lines)["twice"]["differs"] == ["person"]
    (told,) = [line for line in lines if line.get("line") == 2]
    assert (told["result"], told["code"], told["firstLine"]) == (
        *("REFUSED", "DUPLICATE_CLAIM", 1),
    )
    assert summary(lines)["duplicates"] == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"claim": "' + b"x" * 10_000 + b'"}', "LINE_TOO_LONG"),
        (b'{"claim": "\xc9\xea"}', "WRONG_ENCODING"),
        (b'{"claim": "a", "claim": "b"}', "MALFORMED_ROW"),
        (b'{"claim": "a", "name": "b"}', "MALFORMED_ROW"),
        (b"[1]", "MALFORMED_ROW"),
        (b'{"amountYuan": 1600}', "BAD_CLAIM"),
        (b'{"claim": "310199198602140067"}', "BAD_CLAIM"),
        (b'{"claim": "a", "amountYuan": "1,600"}', "BAD_AMOUNT"),
        (b'{"claim": "a", "district": "110101"}', "BAD_DISTRICT"),
        (b'{"claim": "a", "idNumber": "310199198602140060"}', "BAD_ID_NUMBER"),
        (b'{"claim": "a", "day": "2026-02-30"}', "BAD_DAY"),
        (b'{"claim": "a", "state": "paid"}', "BAD_STATE"),
        (b'{"claim": "a", "certificate": "' + b"x" * 500 + b'"}', "BAD_CERTIFICATE"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_itself(
    offices: Offices, line: bytes, code: str
) -> None:
    body = line + b"\n" + ndjson_of({"claim": "after-it"})

    status, lines = reconcile(offices, body, Content_Type=NDJSON)

    assert status == 200
    assert (lines[0]["line"], lines[0]["result"], lines[0]["code"]) == (
        *(1, "REFUSED", code),
    )
    assert results(lines)["after-it"]["result"] == "MISSING_HERE"
    assert "310199198602140067" not in json.dumps(lines)


def test_a_row_in_another_encoding_is_refused_by_itself(offices: Offices) -> None:
    rows = [f"沪浦补〔2026〕乱{number}号,".encode() for number in range(5)]
    rows[3] = "沪浦补〔2026〕乱码三号,".encode("gb18030")

    _, lines = reconcile(offices, b"\n".join([b"claim,day", *rows]))

    assert [line["result"] for line in lines[:5]] == [
        *("MISSING_HERE", "MISSING_HERE", "MISSING_HERE", "REFUSED", "MISSING_HERE"),
    ]
    assert lines[3]["code"] == "WRONG_ENCODING"


@pytest.mark.parametrize(
    ("encoding", "stated", "words"),
    [
        ("gb18030", "; charset=utf-8", "the first line is not in utf-8; state charset"),
        ("utf-8", "; charset=gb18030", "the first line is not in gb18030; state"),
        ("utf-16", "", "the list is UTF-16; save it as CSV UTF-8"),
        ("utf-16", "; charset=utf-8", "the list is UTF-16; save it as CSV UTF-8"),
        (
            "utf-16-le",
            "; charset=utf-8",
            "the first line is not in utf-8; state charset",
        ),
    ],
)
def test_a_list_in_another_encoding_than_is_said_is_refused_by_name(
    offices: Offices, encoding: str, stated: str, words: str
) -> None:
    body = "申领编号,金额\r\n沪浦补〔2026〕1号,1600\r\n".encode(encoding)

    status, (answer,) = reconcile(offices, body, Content_Type=f"text/csv{stated}")

    assert status == 400
    assert words in answer["errors"][0]["message"]


def test_lines_of_json_in_another_encoding_are_refused(offices: Offices) -> None:
    row = '{"claim": "沪浦补〔2026〕1号"}\n'

    _, (first, *_) = reconcile(offices, row.encode("gb18030"), Content_Type=NDJSON)
    status, (answer,) = reconcile(offices, row.encode("utf-16"), Content_Type=NDJSON)

    assert first["code"] == "WRONG_ENCODING"
    assert (status, "UTF-16" in answer["errors"][0]["message"]) == (400, True)


def test_a_list_may_be_compressed_and_a_cut_one_is_told(offices: Offices) -> None:
    paid(offices, "compressed")
    packed = gzip.compress(b"claim\ncompressed\n" + b"filler\n" * 40_000)

    _, whole = reconcile(offices, packed, Content_Encoding="gzip")
    _, cut = reconcile(offices, packed[:-12], Content_Encoding="gzip")

    assert results(whole)["compressed"]["result"] == "MATCH"
    assert summary(whole)["duplicates"] == 39_999
    assert (summary(cut)["isComplete"], summary(cut)["end"]) == (False, "TRUNCATED")
    assert summary(cut)["results"]["MISSING_THERE"] == 0


def test_a_bomb_is_left_where_it_is_found(offices: Offices) -> None:
    packed = gzip.compress(b"claim\n" + b"0" * 200_000_000)

    status, lines = reconcile(offices, packed, Content_Encoding="gzip")

    assert status == 200
    assert summary(lines)["end"] == "INFLATED_TOO_LARGE"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"token": None}, 401, "UNAUTHENTICATED"),
        ({"token": READER}, 403, "FORBIDDEN"),
        ({"token": UNSTATED}, 400, "PURPOSE_REQUIRED"),
        ({"window": "from=2026-11-01"}, 400, "BAD_USER_INPUT"),
        ({"window": "from=2026-11-02&to=2026-11-01"}, 400, "BAD_USER_INPUT"),
        ({"window": "from=2026-11-01&to=2026-11-02&claim=x"}, 400, "BAD_USER_INPUT"),
        ({"Content_Type": "application/json"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"Content_Type": "text/csv; charset=utf-16"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"Content_Encoding": "br"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"body": b"claim,name\n"}, 400, "BAD_USER_INPUT"),
        ({"body": b"claim,claim\n"}, 400, "BAD_USER_INPUT"),
        ({"body": b"day\n"}, 400, "BAD_USER_INPUT"),
        ({"body": b""}, 400, "BAD_USER_INPUT"),
    ],
)
def test_what_cannot_be_compared_is_refused_as_a_whole(
    offices: Offices, changes: dict[str, Any], status: int, code: str
) -> None:
    asked = {"body": b"claim\n", **changes}

    found, (answer,) = reconcile(offices, asked.pop("body"), **asked)

    assert (found, answer["errors"][0]["extensions"]["code"]) == (status, code)


def test_that_a_list_was_compared_is_on_the_log(offices: Offices) -> None:
    records = """{ auditRecords(filter: {event: READ}, first: 1000) {
      nodes { caller operation purpose caseNumber } } }"""
    reconcile(offices, b"claim\n")

    found = offices.ask(1, BUREAU, records)["auditRecords"]["nodes"]

    mine = [one for one in found if one["operation"] == "reconciliation"]
    assert PLATFORM in {one["caller"] for one in mine}
    assert all(one["purpose"] and one["caseNumber"] for one in mine)
