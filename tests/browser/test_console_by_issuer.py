"""Signing in at an issuer's pages: there and back, and who is turned away."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver import Chrome

from tests.browser.people import ISSUER_NAME
from tests.browser.provider import Provider
from tests.running import Gateway, eventually

SIGN_IN = f"form[action$=issuer] input[value={ISSUER_NAME}] ~ p button"


@pytest.fixture(name="provider_anew")
def _provider_anew(provider: Provider) -> Iterator[Provider]:
    """The provider, which does nothing wrong before and after."""
    yield provider
    provider.id_changes = {}
    provider.answer_changes = {}
    provider.keeps_people = False


@pytest.fixture(name="at_the_form")
def _at_the_form(open_gateway: Gateway, chromium: Chrome) -> Chrome:
    """A browser in which nobody is signed in."""
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    chromium.get(f"{open_gateway.url}/console/sign-in?language=EN")
    return chromium


def signed_in(browser: Chrome) -> bool:
    """Go the way, and say whether it led into the console."""
    browser.find_element("css selector", SIGN_IN).click()
    eventually(
        lambda: bool(browser.find_elements("css selector", "form.out, .problem"))
    )
    return bool(browser.find_elements("css selector", "form.out"))


def test_who_signs_in_there_is_known_here(
    at_the_form: Chrome,
) -> None:
    assert signed_in(at_the_form)

    assert "bureau:console" in at_the_form.find_element("css selector", ".out").text
    cookie = at_the_form.get_cookie("gateway-console")
    assert cookie is not None
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"nonce": "another"}, id="of another attempt"),
        pytest.param(
            {"aud": "another"}, id="for another client", marks=pytest.mark.long
        ),
        pytest.param(
            {"azp": "another"}, id="made for another client", marks=pytest.mark.long
        ),
        pytest.param({"exp": 1}, id="of another time", marks=pytest.mark.long),
        pytest.param(
            {"sub": "another"}, id="of another person", marks=pytest.mark.long
        ),
        pytest.param(
            {"iss": "https://a.test"}, id="of another issuer", marks=pytest.mark.long
        ),
    ],
)
def test_an_id_token_that_is_no_answer_signs_nobody_in(
    at_the_form: Chrome, provider_anew: Provider, changes: dict[str, Any]
) -> None:
    provider_anew.id_changes = changes

    assert not signed_in(at_the_form)
    assert at_the_form.get_cookie("gateway-console") is None


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"state": "another"}, id="another state"),
        pytest.param(
            {"iss": "https://a.test"}, id="another issuer", marks=pytest.mark.long
        ),
        pytest.param(
            {"code": "another"}, id="a code of nobody", marks=pytest.mark.long
        ),
    ],
)
def test_an_answer_to_nothing_we_asked_signs_nobody_in(
    at_the_form: Chrome, provider_anew: Provider, changes: dict[str, str]
) -> None:
    provider_anew.answer_changes = changes

    assert not signed_in(at_the_form)


def test_a_way_that_another_browser_began_ends_here(
    at_the_form: Chrome, provider_anew: Provider, open_gateway: Gateway
) -> None:
    provider_anew.keeps_people = True
    at_the_form.find_element("css selector", SIGN_IN).click()
    eventually(lambda: "authorize" in at_the_form.current_url)
    asked = parse_qs(urlsplit(at_the_form.current_url).query)
    back = provider_anew.authorize({name: one[0] for name, one in asked.items()})
    at_the_form.execute_cdp_cmd("Network.clearBrowserCookies", {})

    at_the_form.get(back)

    assert back.startswith(open_gateway.url)
    assert at_the_form.find_elements("css selector", ".problem")
    assert at_the_form.get_cookie("gateway-console") is None
