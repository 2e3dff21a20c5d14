"""Signing in at an issuer's pages, without a browser: there, back, and turned away."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from httpx2 import Response
from structlog.testing import capture_logs

from gateway.console.words import WORDS
from tests.browser.provider import CLIENT, Provider, running_provider
from tests.gateway.console.front import ISSUER_NAME, OURS, Front, front

BACK = "/console/sign-in/back"
TO_ISSUER = "/console/sign-in/issuer"


@pytest.fixture(scope="module", name="running")
def _running() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture(name="provider")
def _provider(running: Provider) -> Iterator[Provider]:
    """The provider, which does nothing wrong before and after."""
    yield running
    running.id_changes = {}
    running.answer_changes = {}
    running.says = None


def begun(it: Front, issuer: str = ISSUER_NAME) -> Response:
    """Choose an issuer; return the page that leads to it."""
    return it.post(TO_ISSUER, {"form_token": it.form(), "issuer": issuer})


def asked_by(page: Response) -> tuple[str, dict[str, str]]:
    """Return where a page leads, and what is asked there."""
    links = [one.partition('"')[0] for one in page.text.split('href="')]
    (where,) = {one for one in links if "response_type" in one}
    parts = urlsplit(where.replace("&amp;", "&"))
    return f"{parts.scheme}://{parts.netloc}{parts.path}", dict(parse_qsl(parts.query))


def came_back(it: Front, provider: Provider, **changes: str) -> Response:
    """Go the way and come back."""
    _, asked = asked_by(begun(it))
    parts = urlsplit(provider.authorize(asked))
    stated = {**dict(parse_qsl(parts.query)), **changes}
    return it.browser.get(BACK, params={k: v for k, v in stated.items() if v})


def test_the_issuer_is_asked_as_the_standard_says(provider: Provider) -> None:
    with front(provider.issuer) as it:
        page = begun(it)

    where, asked = asked_by(page)
    assert where == f"{provider.issuer}/authorize"
    assert {**asked, "state": "", "nonce": "", "code_challenge": ""} == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": f"{OURS}{BACK}",
        "scope": it.desk.issuers[ISSUER_NAME].console_scope,
        "state": "",
        "nonce": "",
        "code_challenge": "",
        "code_challenge_method": "S256",
    }
    assert [len(asked[one]) for one in ("state", "nonce", "code_challenge")] == [43] * 3
    assert WORDS["to_issuer"].zh in page.text
    tied = next(
        one for one in page.headers.get_list("set-cookie") if "signing-in" in one
    )
    assert tied.startswith("__Host-gateway-console-signing-in=")
    # It has to come along when the issuer leads back here.
    assert "SameSite=lax" in tied


def test_who_comes_back_with_a_code_is_signed_in(provider: Provider) -> None:
    with front(provider.issuer) as it:
        page = came_back(it, provider)
        seen = it.browser.get("/console/batch")

    assert (page.status_code, WORDS["signed_in"].zh in page.text) == (200, True)
    assert 'href="/console"' in page.text
    cookies = page.headers.get_list("set-cookie")
    assert cookies[0].startswith('__Host-gateway-console-signing-in=""')
    assert cookies[1].startswith("__Host-gateway-console=")
    assert "<b>bureau:console</b>" in seen.text
    assert it.counted("sign_ins_total", way="oidc", result="done") == 1
    assert it.refused == []


AWAY, REFUSED = "issuer_away", "sign_in_refused"


@pytest.mark.parametrize(
    ("changes", "word", "why"),
    [
        pytest.param({"state": "x"}, REFUSED, "unknown state", id="state"),
        pytest.param({"state": ""}, REFUSED, "unknown state", id="no state"),
        pytest.param({"iss": "https://a.test"}, REFUSED, "no code", id="another's"),
        pytest.param({"code": ""}, REFUSED, "no code", id="no code"),
        pytest.param({"code": "x"}, AWAY, "HTTP 400", id="a code of nobody"),
    ],
)
def test_who_comes_back_with_no_answer_to_us_is_turned_away_and_the_log_says_why(
    provider: Provider, changes: Mapping[str, str], word: str, why: str
) -> None:
    with capture_logs() as logged, front(provider.issuer) as it:
        page = came_back(it, provider, **changes)

    assert turned_away(it, page, logged) == (WORDS[word].zh, why)
    assert it.refused == []


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("nonce", "x", "wrong_audience"),
        ("azp", "x", "wrong_audience"),
        ("aud", "x", "wrong_audience"),
        ("exp", 1, "expired"),
        ("sub", "another", "missing_claim"),
    ],
)
def test_who_comes_back_as_somebody_else_is_turned_away_and_counted(
    provider: Provider, name: str, value: object, why: str
) -> None:
    provider.id_changes = {name: value}
    with capture_logs() as logged, front(provider.issuer) as it:
        page = came_back(it, provider)

    assert turned_away(it, page, logged) == (WORDS[REFUSED].zh, why)
    assert it.refused == [why]


def test_a_token_of_another_issuer_is_none_of_who_was_asked(
    provider: Provider,
) -> None:
    provider.id_changes = {"iss": "https://a.test"}
    with capture_logs() as logged, front(provider.issuer) as it:
        page = came_back(it, provider)

    assert turned_away(it, page, logged) == (WORDS[AWAY].zh, "another issuer")


def turned_away(
    it: Front, page: Response, logged: Sequence[Mapping[str, Any]]
) -> tuple[str, str]:
    """Return what who was turned away is told, and what the log says."""
    assert (page.status_code, len(it.desk.sessions)) == (401, 0)
    assert it.counted("sign_ins_total", way="oidc", result="refused") == 1
    (line,) = logged
    assert (line["event"], line["log_level"]) == ("console sign-in refused", "warning")
    said = [WORDS[one].zh for one in (AWAY, REFUSED) if WORDS[one].zh in page.text]
    assert len(said) == 1
    return said[0], line["reason"]


def test_an_issuer_nobody_knows_is_not_led_to(provider: Provider) -> None:
    with front(provider.issuer) as it:
        page = begun(it, "nobody")

    assert (page.status_code, WORDS[REFUSED].zh in page.text) == (401, True)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        pytest.param({"issuer": "https://a.test"}, "another issuer", id="another"),
        pytest.param(
            {"token_endpoint": "http://id.example"}, "an open address", id="open"
        ),
        pytest.param({"token_endpoint": None}, "an open address", id="no address"),
        pytest.param(
            {"authorization_endpoint": "http://[::1"}, "an open address", id="odd"
        ),
        pytest.param(["x"], "no object", id="a list"),
        pytest.param("x" * 300_000, f"over {256 * 1024} bytes", id="too much"),
    ],
)
def test_an_issuer_that_cannot_be_asked_is_said_to_be_away(
    provider: Provider, says: Any, why: str
) -> None:
    known = provider.configuration()
    provider.says = {**known, **says} if isinstance(says, dict) else says
    with capture_logs() as logged, front(provider.issuer) as it:
        page = begun(it)

    assert (page.status_code, WORDS[AWAY].zh in page.text) == (401, True)
    assert [one["reason"] for one in logged] == [why]


def test_an_issuer_that_is_not_there_is_said_to_be_away() -> None:
    with capture_logs() as logged, front("http://127.0.0.1:1") as it:
        begun(it)

    assert [one["reason"] for one in logged] == ["ClientConnectorError"]
