"""The extract says what its bundle says, as text only, and of the person nothing."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from bureau.evidence.printed import words
from bureau.evidence.printed.markup import Markup, joined, made
from bureau.evidence.printed.page import page_of
from bureau.ledger.entries import DecisionOutcome
from policy.certificate import CertificateState
from policy.eligibility import EligibilityOutcome
from policy.evidence import AccountState
from policy.finding import FindingOutcome
from signing.trust import KeyState
from tests.gateway.evidence.forged import row_of, with_row
from tests.gateway.evidence.logs import bundles, rewritten

HOSTILE = (
    *("<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "</style>"),
    *("&lt;b&gt;", "]]>", "<!--", "王\u202e<b>小明", "{{7*7}}", "</td></table><p>"),
)
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "section", "h1", "h2", "p"),
    *("table", "thead", "tbody", "tr", "th", "td", "span", "svg", "path"),
}


class Elements(HTMLParser):
    """Collects elements, their attributes, and what is read of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module", name="honest")
def _honest() -> list[bytes]:
    return bundles(20260306, 8)


def test_it_has_what_the_bundle_says(honest: list[bytes]) -> None:
    for bundle in honest:
        whole = json.loads(bundle)
        text = Elements(page_of(bundle)).text

        for finding in whole["verdict"]["findings"]:
            assert finding["zh"] in text
            assert finding["en"] in text
        assert whole["digest"] in text
        assert whole["log"]["origin"] in text
        for key in whole["keys"]:
            assert key["kid"] in text
        for witness in ("bureau.example/w1", "finance.example/w2", "audit.example/w3"):
            assert witness in text
        for one in whole["records"]:
            assert one["digest"] in text


def test_each_clause_stands_there_in_the_notice_s_words(honest: list[bytes]) -> None:
    whole = json.loads(honest[0])
    edition = json.loads(
        row_of(whole, "logged_facts", "certificate-gateway-policy@v1")["row"]
    )["row"]["body"]
    clauses = {one["id"]: one for one in edition["clauses"]}

    text = Elements(page_of(honest[0])).text

    for finding in whole["verdict"]["findings"]:
        zh, en = clauses[finding["clause"]]["words"]
        assert zh in text
        assert en in text


def test_it_runs_nothing_and_asks_nobody(honest: list[bytes]) -> None:
    page = page_of(honest[0])
    elements = Elements(page)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert elements.names <= ALLOWED
    assert not {name for name in elements.attributes if name.startswith("on")}
    assert not elements.attributes & {"src", "href", "style", "action"}
    assert (
        f"default-src &#x27;none&#x27;; style-src &#x27;sha256-{digest}&#x27;;" in page
    )
    assert "@page { size: A4" in style


def everywhere(whole: Any, hostile: str) -> bytes:
    """Return a bundle with a text put into all that people and agencies write."""
    decision = row_of(whole, "decisions")
    with_row(
        decision, lambda row: row.update(ruling=hostile, certificate=hostile, item=None)
    )
    judged = row_of(whole, "judgements")
    with_row(
        judged,
        lambda row: row.update(
            findings=[[hostile, hostile, hostile, hostile]] + row["findings"]
        ),
    )
    key = row_of(whole, "logged_facts", "certificate-gateway-key@v1")
    with_row(
        key,
        lambda row: row["body"].update(
            institution=hostile, kid=hostile, scope=[hostile], state=hostile
        ),
    )
    for row in whole["rows"]:
        if '"source":"state_changes"' in row["row"]:
            with_row(row, lambda said: said.update(reason=hostile, state=hostile))
    names = ("title", "item", "category", "evaluationBody", "state")
    if whole["trace"]["record"] is not None:
        whole["trace"]["record"].update(dict.fromkeys(names, hostile))
    whole["log"]["origin"] = hostile.replace("\n", "")
    return rewritten(whole)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_name_is_text(honest: list[bytes], hostile: str) -> None:
    whole = next(w for w in map(json.loads, honest) if w["states"])

    page = page_of(everywhere(whole, hostile))

    elements = Elements(page)
    assert elements.names <= ALLOWED
    assert hostile.replace("\u202e", "\ufffd") in elements.text
    assert "\u202e" not in page
    assert page.count("</style>") == 1
    assert "<!--" not in page


@pytest.mark.parametrize("number", ["310101199001010020", "T310101199001010020"])
def test_a_number_that_somebody_wrote_down_is_not_printed(
    honest: list[bytes], number: str
) -> None:
    whole = next(w for w in map(json.loads, honest) if w["states"])

    page = page_of(everywhere(whole, f"持证人{number}，已核"))

    assert "310101199001010020" not in page


def test_only_what_was_made_here_is_markup() -> None:
    assert made("b", "<i>", Markup("<i></i>"), None, 7) == "<b>&lt;i&gt;<i></i>—7</b>"
    assert made("a", title='"') == '<a title="&quot;"></a>'
    assert joined("<", str(Markup("&")) + "<") == "&lt;&amp;&lt;"


def test_what_was_erased_is_said(honest: list[bytes]) -> None:
    whole = json.loads(honest[0])
    whole["records"][0]["envelope"] = None

    text = Elements(page_of(rewritten(whole))).text

    assert words.ERASED.zh in text


def test_a_proof_that_is_too_long_is_said_and_no_code_printed(
    honest: list[bytes],
) -> None:
    whole = json.loads(honest[0])
    digests = "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(100))
    with_row(row_of(whole, "decisions"), lambda row: row.update(claim=digests))

    elements = Elements(page_of(rewritten(whole)))

    assert words.NO_CODE.zh in elements.text
    assert "svg" not in elements.names


@pytest.mark.parametrize(
    "codes",
    [
        *(DecisionOutcome, EligibilityOutcome, FindingOutcome, CertificateState),
        *(AccountState, KeyState),
    ],
)
def test_every_outcome_and_state_has_words(codes: Any) -> None:
    assert {one.value for one in codes} <= words.SAID.keys()


@pytest.mark.parametrize(
    "table", [words.SECTIONS, words.NAMES, words.SAID, words.SOURCES, words.SUBJECTS]
)
def test_words_are_in_both_languages(table: Any) -> None:
    for text in table.values():
        assert re.search("[\u4e00-\u9fff]", text.zh)
        assert re.fullmatch("[\x20-\x7e]+", text.en)
