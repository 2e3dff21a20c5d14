"""``/``: a person sees where things are, a program is told the graph's address."""

import json

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from gateway.front_page import Door, front_page
from gateway.graphiql.examples import Person
from tests.browser.console_pages import Console
from tests.browser.logs import console
from tests.running import Agencies, Gateway

HTML = {"Accept": "text/html", "Accept-Language": "en"}
ALWAYS = ["/health/ready", "/metrics", "/receipts/keys"]


def client_with(doors: frozenset[Door], people: tuple[Person, ...] = ()) -> TestClient:
    return TestClient(Starlette(routes=[Route("/", front_page(doors, people))]))


def leads(browser: Chrome) -> list[str]:
    links = browser.find_elements(By.CSS_SELECTOR, "main a")
    return [str(link.get_dom_attribute("href")) for link in links]


def test_a_person_finds_everything_that_is_open_in_both_languages(
    pages: Console, running_agencies: Agencies
) -> None:
    pages.open("/?language=ZH")

    assert pages.wait_for("h1").text == "职业资格证书核验网关"
    stories = [f"/graphql#person={one['id']}" for one in running_agencies.people]
    found = leads(pages.browser)
    opened = ["/graphql", "/console", "/schema.graphql", *ALWAYS]
    assert found == [*opened, *stories, "/?language=EN"]
    assert pages.violations() == []
    pages.picture("front-zh")

    pages.browser.find_element(By.CSS_SELECTOR, "[hreflang=en]").click()
    pages.wait_for("html[lang=en]")

    assert pages.wait_for("h1").text == "Certificate gateway"
    assert pages.violations() == []
    assert console(pages.browser) == []


def test_what_it_leads_to_is_there(open_gateway: Gateway) -> None:
    for address in ("/console", "/schema.graphql", *ALWAYS):
        assert open_gateway.get(address)[0] == 200


def test_a_program_is_told_the_graphs_address(open_gateway: Gateway) -> None:
    status, text = open_gateway.get("/")

    assert (status, json.loads(str(text))) == (200, {"graphql": "/graphql"})


def test_what_is_closed_is_not_led_to_and_nor_are_people() -> None:
    person = Person("one", {}, "某人", "somebody")

    text = client_with(frozenset(), (person,)).get("/", headers=HTML).text

    assert [door for door in Door if f'"{door}' in text] == []
    assert "somebody" not in text
    assert '"/health/ready"' in text


def test_words_of_people_are_words_and_no_markup() -> None:
    person = Person('"><script>', {}, "某人", "<script>alert(1)</script>")

    answer = client_with(frozenset({Door.GRAPHIQL}), (person,)).get("/", headers=HTML)

    assert "<script" not in answer.text
    assert "#person=%22%3E%3Cscript%3E" in answer.text


def test_the_page_lets_in_no_script_and_is_not_kept_for_another_language() -> None:
    headers = client_with(frozenset()).get("/", headers=HTML).headers

    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in policy
    assert headers["vary"] == "Accept, Accept-Language, Cookie"
    assert headers["content-language"] == "en"
