"""Write a bundle's extract for its holder: one HTML file to print, without scripts.

``docs/evidence.md`` says what stands in it. Everything is read out of the bundle's
rows, which the log commits to, and nothing of it is markup: ``markup`` escapes all. Its
policy lets in this one style by its hash and no address at all. Of the person nothing
is printed: a trace names nobody, and free texts are searched for identity numbers, as
all that is handed out is (``bureau.privacy``).
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bureau.evidence.facts import KEY
from bureau.evidence.printed import words
from bureau.evidence.printed.code import drawn
from bureau.evidence.printed.markup import Markup, both, joined, made
from bureau.evidence.printed.reading import Bundle
from bureau.evidence.printed.style import STYLE
from bureau.evidence.statement import NotForACodeError, statement_of
from bureau.privacy.masks import without_identity_numbers
from policy.calendar import SHANGHAI
from policy.level import LEVEL_NAMES, Level
from policy.text import Text

_HEAD = '<!doctype html>\n<html lang="zh-Hans">\n<head>\n<meta charset="utf-8">\n'
_OF_RECORD = (
    *("title", "category", "item", "itemCode", "level", "firstIssuedOn", "issuedOn"),
    *("validFrom", "validUntil", "reviewDueOn", "evaluationBody"),
)
_MOMENTS = (
    *("at", "recorded_at", "received_at", "collected_at", "moved_at", "proved_at"),
    *("proposed_at", "answered_at", "seen_at", "imposed_at"),
)
_SAID_OF_ROWS = ("step", "outcome", "state", "effective_on", "reason", "digest")
"""Columns that say what a row is about, where it has them."""


def page_of(bundle: bytes) -> str:
    """Return the extract of a bundle, which we made, as an HTML file."""
    whole = json.loads(bundle)
    read = Bundle(whole)
    sections = (
        _section("about", _about(read)),
        _section("certificate", _certificate(read), made("p", both(words.NOT_PRINTED))),
        _section("vouches", *_vouches(read)),
        _section("standing", _standing(read)),
        *([] if read.decision is None else _verdict(read)),
        _section("history", _history(read)),
        _section("checkpoint", _checkpoint(whole["log"])),
        _code(whole),
    )
    title = f"{words.TITLE.zh} · {words.TITLE.en}"
    head = joined(
        *(_meta("Content-Security-Policy", _policy()), "\n", made("title", title)),
        *("\n", made("style", Markup(STYLE)), "\n"),
    )
    body = made(
        *("body", made("h1", both(words.TITLE)), made("p", both(words.WHAT_IT_IS))),
        *sections,
    )
    return f"{_HEAD}{head}</head>\n{body}\n</html>\n"


def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )


def _meta(name: str, content: str) -> Markup:
    element = made("meta", http_equiv=name, content=content)
    return Markup(element.removesuffix("</meta>"))


def _section(name: str, *inside: object) -> Markup:
    return made("section", made("h2", both(words.SECTIONS[name])), *inside)


def _listed(entries: Sequence[tuple[str, object]]) -> Markup:
    """Return names beside what they are; what is not known is left out."""
    rows = [
        made("tr", made("th", both(words.NAMES[name]), scope="row"), made("td", value))
        for name, value in entries
        if value is not None
    ]
    return made("table", made("tbody", *rows), class_="of")


def _tabled(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Markup:
    heads = (made("th", both(words.NAMES[name]), scope="col") for name in names)
    lines = (made("tr", *(made("td", one) for one in row)) for row in rows)
    return made("table", made("thead", made("tr", *heads)), made("tbody", *lines))


def _said(code: object) -> object:
    """Return the words of a code; one that has none is printed as it is."""
    known = words.SAID.get(str(code))
    return _free(code) if known is None else both(known)


def _free(text: object) -> str | None:
    """Return a text that somebody wrote, without identity numbers."""
    return None if text in (None, "") else without_identity_numbers(str(text))


def _moment(text: object) -> str | None:
    """Return a moment as people of Shanghai read it."""
    if text is None:
        return None
    return f"{datetime.fromisoformat(str(text)).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _about(read: Bundle) -> Markup:
    whole = read.whole
    kind, id_ = whole["subject"]["kind"], whole["subject"]["id"]
    return _listed(
        [
            ("subject", joined(both(words.SUBJECTS[kind]), " ", _free(id_))),
            ("asOf", whole["asOf"]),
            ("madeAt", _moment(whole["madeAt"])),
            ("digest", whole["digest"]),
        ]
    )


def _certificate(read: Bundle) -> Markup:
    decision, trace = read.decision, read.whole["trace"]
    record = (trace or {}).get("record") or {}
    known = [(name, _shown(name, record.get(name))) for name in _OF_RECORD]
    id_ = None if decision is None else decision.get("certificate")
    authority = None if decision is None else decision.get("authority")
    return _listed(
        [
            ("certificate", _free(id_ if decision else read.whole["subject"]["id"])),
            *known,
            ("authority", _free(read.body(authority)) if authority else None),
            *(("record", _kept(one)) for one in read.whole["records"]),
        ]
    )


def _shown(name: str, value: Any) -> object:  # noqa: ANN401 - a JSON value
    if name == "level" and value in LEVEL_NAMES:
        return both(LEVEL_NAMES[Level(value)])
    return _free(value)


def _kept(record: Mapping[str, Any]) -> Markup:
    erased = [] if record["envelope"] is not None else [" ", both(words.ERASED)]
    return joined(record["digest"], *erased)


def _vouches(read: Bundle) -> Iterator[Markup]:
    """Yield each key that signed, as it was believed."""
    for fact in read.of("logged_facts"):
        key = fact["body"]
        if key.get("format") == KEY:
            window = f"{_moment(key['notBefore'])} – {_moment(key['notAfter'])}"
            yield _listed(
                [
                    ("institution", _free(read.body(key["institution"]))),
                    *(("kid", _free(key["kid"])), ("algorithm", key["algorithm"])),
                    *(("window", window), ("state", _said(key["state"]))),
                    ("scope", _free("、".join(key["scope"]))),
                ]
            )


def _standing(read: Bundle) -> Markup:
    trace = read.whole["trace"] or {}
    record, attested = trace.get("record") or {}, trace.get("attestation") or {}
    stated = _listed(
        [
            ("recordState", record.get("state") and _said(record["state"])),
            ("stateSince", record.get("stateSince")),
            ("account", attested.get("account") and _said(attested["account"])),
        ]
    )
    changes = read.of("state_changes")
    names = ("at", "recordState", "effectiveOn", "reason")
    rows = [
        (
            *(_moment(one["received_at"]), _said(one["state"]), one["effective_on"]),
            _free(one["reason"]),
        )
        for one in changes
    ]
    return joined(stated, _tabled(names, rows)) if changes else stated


def _verdict(read: Bundle) -> Iterator[Markup]:
    decision, edition = read.decision or {}, read.edition
    judged = [r for r in read.of("judgements") if r["decision"] == decision["id"]]
    verdict = _said(judged[0]["verdict"]) if judged else None
    yield _section(
        "verdict",
        _listed(
            [
                ("outcome", _said(decision["outcome"])),
                ("amount", decision["amount_yuan"]),
                ("decidedOn", decision["decided_on"]),
                ("ruling", _free(decision["ruling"])),
                ("verdict", verdict),
                ("computed", judged[0]["computed_yuan"] if judged else None),
            ]
        ),
    )
    clauses = {} if edition is None else {one["id"]: one for one in edition["clauses"]}
    names = ("clause", "words", "finding")
    rows = [
        (
            joined(_free(clause), " ", _of_clause(clauses.get(clause), "title")),
            _of_clause(clauses.get(clause), "words"),
            joined(_said(outcome), " ", both(Text(_free(zh) or "", _free(en) or ""))),
        )
        for one in judged
        for clause, outcome, zh, en in one["findings"]
    ]
    yield _section("clauses", _tabled(names, rows))


def _of_clause(clause: Mapping[str, Any] | None, name: str) -> Markup:
    if clause is None:
        return joined("")
    zh, en = clause[name]
    return both(Text(zh, en))


def _history(read: Bundle) -> Markup:
    """Return every row of the bundle, in the order of the log."""
    rows = []
    for one in sorted(read.rows, key=lambda one: one.place):
        at = next((one.row[n] for n in _MOMENTS if one.row.get(n)), None)
        source = both(words.SOURCES.get(one.source, words.OTHER_SOURCE))
        said = [_said(_free(one.row[n])) for n in _SAID_OF_ROWS if one.row.get(n)]
        apart = (part for one in said for part in (" ", one))
        rows.append((one.place, _moment(at), joined(source, *apart)))
    return _tabled(("place", "at", "what"), rows)


def _checkpoint(log: Mapping[str, str]) -> Markup:
    text, _, below = log["checkpoint"].rpartition("\n\n")
    _, size, root = text.split("\n")[:3]
    signers = [line.split(" ")[1] for line in below.splitlines() if line]
    return _listed(
        [
            *(("origin", _free(log["origin"])), ("size", size), ("root", root)),
            ("signers", _free("、".join(signers))),
        ]
    )


def _code(whole: Mapping[str, Any]) -> Markup:
    try:
        inside = [drawn(statement_of(whole)), made("p", both(words.HOW_TO_CHECK))]
    except NotForACodeError:
        inside = [made("p", both(words.NO_CODE))]
    title = made("h2", both(words.SECTIONS["code"]))
    return made("section", title, *inside, class_="code-and-words")
