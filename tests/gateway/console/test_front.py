"""Who signs in, stays signed in and goes; and what is said to who is turned away."""

import pytest
from httpx2 import Response

from gateway.console.static_files import SCRIPT, STYLE, addresses
from gateway.console.uploads import MAX_FILE_BYTES
from gateway.console.words import WORDS
from tests.gateway.console.front import LONGEST, Front, front
from tests.gateway.console.visitor import BOUNDARY, multipart

SIGN_IN, PAGE = "/console/sign-in", "/console/batch"


def lead(answer: Response) -> tuple[int, str]:
    """Return where an answer leads."""
    return answer.status_code, answer.headers["location"]


def test_the_first_page_of_the_menu_is_the_first_that_is_shown() -> None:
    with front() as it:
        found = it.browser.get("/console")

    assert lead(found) == (303, "/console/claim")
    assert found.headers["referrer-policy"] == "same-origin"
    assert found.headers["vary"] == "Accept-Language, Cookie"
    assert found.headers["permissions-policy"] == (
        "camera=(), geolocation=(), microphone=()"
    )
    assert found.headers["cross-origin-opener-policy"] == "same-origin"
    assert (
        "script-src 'self'; style-src 'self'"
        in (found.headers["content-security-policy"])
    )


@pytest.mark.parametrize(
    ("base_url", "name", "is_secure"),
    [
        ("https://gateway.example", "__Host-gateway-console", True),
        ("http://localhost", "gateway-console", False),
        ("http://127.0.0.1", "gateway-console", False),
        ("http://[::1]", "gateway-console", False),
    ],
)
def test_who_shows_a_token_is_signed_in_and_known_by_a_cookie_alone(
    base_url: str, name: str, is_secure: bool
) -> None:
    with front(base_url=base_url) as it:
        form = it.browser.get(SIGN_IN)
        signed_in = it.sign_in()
        page = it.browser.get(PAGE)

    tied, begun = (
        one.headers["set-cookie"].replace("httponly", "HttpOnly")
        for one in (form, signed_in)
    )
    assert lead(signed_in) == (303, "/console")
    assert tied.startswith(f"{name}-form=")
    assert begun.startswith(f"{name}=")
    for cookie in (tied, begun):
        assert ("; HttpOnly" in cookie, "; Path=/" in cookie) == (True, True)
        assert ("; Secure" in cookie, "SameSite=strict" in cookie) == (is_secure, True)
        assert "Max-Age" not in cookie
    assert (page.status_code, "<b>clerk</b>" in page.text) == (200, True)
    assert it.counted("sign_ins_total", way="token", result="done") == 1
    assert it.refused == []


@pytest.mark.parametrize(
    ("token", "word", "reasons"),
    [
        pytest.param(" ", "sign_in_nothing", [], id="nothing"),
        pytest.param("nobody", "sign_in_refused", ["unknown_token"], id="nobody's"),
        pytest.param("x" * 8193, "sign_in_refused", ["unknown_token"], id="too long"),
        pytest.param("é", "sign_in_refused", ["unknown_token"], id="no ASCII"),
        pytest.param("a\tb", "sign_in_refused", ["unknown_token"], id="a tab"),
    ],
)
def test_who_shows_none_is_told_so_and_counted(
    token: str, word: str, reasons: list[str]
) -> None:
    with front() as it:
        told = it.sign_in(token)

    assert told.status_code == 401
    assert WORDS[word].zh in told.text
    assert it.refused == reasons
    refused = it.counted("sign_ins_total", way="token", result="refused")
    assert refused == (len(reasons) or None)
    assert "__Host-gateway-console=" not in told.headers["set-cookie"]


def test_who_goes_is_signed_out() -> None:
    with front() as it:
        it.sign_in()
        assert len(it.desk.sessions) == 1
        gone = it.post("/console/sign-out", {"form_token": it.form(PAGE)})
        after = it.browser.get(PAGE)
        assert len(it.desk.sessions) == 0

    assert (lead(gone), lead(after)) == ((303, SIGN_IN), (303, SIGN_IN))
    dropped = gone.headers["set-cookie"]
    assert dropped.startswith('__Host-gateway-console=""')
    assert dropped.endswith("; HttpOnly; Max-Age=0; Path=/; SameSite=strict; Secure")


def test_a_script_is_told_that_its_page_is_to_be_replaced_as_a_whole() -> None:
    with front() as it:
        told = it.browser.get(PAGE, headers={"hx-request": "true"})

    assert (told.status_code, told.headers["hx-redirect"]) == (204, SIGN_IN)
    assert told.headers["vary"] == "Accept-Language, Cookie"


def test_who_is_known_no_more_has_no_session() -> None:
    with front() as it:
        it.sign_in()
        it.known.clear()
        told = it.browser.get(PAGE)
        assert len(it.desk.sessions) == 0

    assert lead(told) == (303, SIGN_IN)
    assert it.refused == ["unknown_token"]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        pytest.param({"origin": "https://evil.example"}, "origin", id="another's page"),
        pytest.param({"sec-fetch-site": "cross-site"}, "site", id="another site"),
        pytest.param({}, "token", id="without its token"),
    ],
)
def test_a_form_that_is_not_ours_is_refused_in_words_and_counted(
    headers: dict[str, str], reason: str
) -> None:
    with front() as it:
        token = it.form() if headers else "0" * 64
        told = it.post(SIGN_IN, {"form_token": token, "token": "x"}, **headers)

    assert told.status_code == 403
    assert WORDS["foreign_form"].zh in told.text
    assert WORDS["not_done"].zh in told.text
    assert it.counted("foreign_forms_total", reason=reason) == 1


def sent(it: Front, content_type: str, body: bytes, path: str = SIGN_IN) -> Response:
    headers = {"origin": str(it.browser.base_url), "content-type": content_type}
    return it.browser.post(path, content=body, headers=headers)


@pytest.mark.parametrize(
    ("content_type", "body", "status", "word"),
    [
        ("application/json", b"{}", 415, "refused_request"),
        ("application/x-www-form-urlencoded", b"\xff=", 400, "refused_request"),
        ("application/x-www-form-urlencoded", b"x" * LONGEST, 413, "refused_size"),
    ],
)
def test_what_is_no_form_is_refused_in_words(
    content_type: str, body: bytes, status: int, word: str
) -> None:
    with front() as it:
        told = sent(it, content_type, body)

    assert told.status_code == status
    assert WORDS[word].zh in told.text


def test_a_file_is_taken_where_there_is_a_place_for_one() -> None:
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    with front() as it:
        it.sign_in()
        fields = {"form_token": it.form(PAGE), "step": "begin"}
        file = multipart(fields, ("a.csv", b"x"))
        large = multipart(fields, ("a.csv", b"x" * (MAX_FILE_BYTES + 40_000)))
        found = [
            sent(it, kind, file, PAGE),
            sent(it, kind, large, PAGE),
            sent(it, kind, file, "/console/ledger"),
        ]

    # The first says not why it is asked; the last is sent where no file goes.
    assert [one.status_code for one in found] == [422, 413, 415]
    assert WORDS["fields_missing"].zh in found[0].text
    assert WORDS["refused_size"].zh in found[1].text


def test_a_language_that_was_chosen_is_remembered_for_a_year() -> None:
    with front() as it:
        first = it.browser.get(SIGN_IN)
        english = it.browser.get(SIGN_IN, headers={"accept-language": "en"})
        chosen = it.browser.get(f"{SIGN_IN}?language=EN")
        again = it.browser.get(SIGN_IN)
        odd = it.browser.get(f"{SIGN_IN}?language=FR")

    pages = [first, english, chosen, again, odd]
    tags = [one.text.partition('lang="')[2].partition('"')[0] for one in pages]
    assert tags == ["zh-Hans", "en", "en", "en", "en"]
    kept = [one for one in chosen.headers.get_list("set-cookie") if "language" in one]
    assert kept[0].startswith("__Host-gateway-console-language=EN; ")
    assert "Max-Age=31536000" in kept[0]
    assert all("language" not in one for one in odd.headers.get_list("set-cookie"))
    assert f"{SIGN_IN}?language=EN" in first.text
    assert f"{SIGN_IN}?language=ZH" in english.text


@pytest.mark.parametrize(
    ("name", "kind"),
    [(STYLE, "text/css; charset=utf-8"), (SCRIPT, "text/javascript; charset=utf-8")],
)
def test_what_pages_load_may_be_kept_for_a_year(name: str, kind: str) -> None:
    with front() as it:
        found = it.browser.get(addresses()[name])

    assert (found.status_code, found.headers["content-type"]) == (200, kind)
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "default-src 'none'" in found.headers["content-security-policy"]
    stem, _, suffix = name.rpartition(".")
    mark = found.url.path.removeprefix(f"/console/static/{stem}-")
    assert (len(mark), mark.endswith(f".{suffix}")) == (17 + len(suffix), True)


def test_what_pages_do_not_load_is_not_there() -> None:
    with front() as it:
        found = it.browser.get("/console/static/SHA256SUMS")

    assert (found.status_code, found.text) == (404, "no such file")
    assert found.headers["content-type"] == "text/plain; charset=utf-8"
