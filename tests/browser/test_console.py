"""The console's stories: explained, refused, signed out, in both languages, by keys."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.console_pages import Console
from tests.browser.logs import addresses_asked
from tests.browser.people import token_of
from tests.federation.offices import DECIDE
from tests.running import Agencies, Gateway

VERDICT = "#verdict .outcome"
FACTS = {
    "category": "EMPLOYED",
    "hukou": "SHANGHAI",
    "purpose": "SUBSIDY_CLAIM",
    "caseNumber": "case-1",
}


def test_a_claim_is_explained_clause_by_clause(
    pages: Console, number: str, open_gateway: Gateway
) -> None:
    pages.sign_in("district")
    pages.fill(idNumber=number, itemCode="1.2", level="UNGRADED", **FACTS)
    pages.fill(issuedOn="01/01/2024")

    pages.send("#claim", VERDICT)

    clauses = pages.data("[data-clause]", "clause")
    assert clauses[0] == "219-1a"
    assert "17-window" in clauses
    assert pages.data(VERDICT, "outcome") == ["UNDETERMINED"]
    assert "OFFICE" in pages.data(".missing .actor", "actor")
    wanted = pages.data("#clause-17-excluded [data-expected]", "expected")
    assert wanted == ["CIVIL_SERVANT", "ACQUISITION"]
    assert "发文之日后" in pages.wait_for("#clause-219-1b blockquote").text
    assert pages.data("[data-field=ISSUED_ON] .outcome", "outcome") == ["MISMATCH"]
    assert pages.data("[data-agency=fire-rescue] .outcome", "outcome") == ["ANSWERED"]
    # The latter if it was asked about this person just before.
    attempts = pages.data("[data-agency=fire-rescue] [data-attempts]", "attempts")
    assert attempts in (["1"], ["0"])
    assert pages.focused == "verdict"
    assert pages.violations() == []
    pages.picture("claim-zh-light")
    assert [one for one in addresses_asked(pages.browser) if number in one] == []
    assert number not in open_gateway.log
    kept = "return JSON.stringify([localStorage, sessionStorage, history.state])"
    assert number not in str(pages.browser.execute_script(kept))


def test_english_and_dark_are_as_clean(pages: Console, number: str) -> None:
    pages.sign_in("district")
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    pages.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    pages.browser.find_element(By.CSS_SELECTOR, ".language a").click()
    pages.wait_for("html[lang=en]")
    pages.fill(idNumber=number, itemCode="1.2", level="UNGRADED", **FACTS)
    pages.send("#claim", VERDICT)

    assert pages.wait_for("h1").text == "One claim, clause by clause"
    assert "Undetermined" in pages.wait_for(VERDICT).text
    assert pages.violations() == []
    pages.picture("claim-en-dark")
    pages.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_who_may_not_see_certificates_is_told_what_it_takes(
    pages: Console, number: str
) -> None:
    pages.sign_in("nobody")
    pages.fill(idNumber=number, itemCode="1.2", level="UNGRADED", **FACTS)

    pages.send("#claim", "#result .problem")

    assert set(pages.data("#result .problem", "code")) == {"FORBIDDEN"}
    assert "certificates:read" in pages.wait_for("#result .problem").text
    assert pages.data(VERDICT, "outcome") == []


def test_a_look_up_without_a_purpose_is_refused_in_words(
    pages: Console, number: str
) -> None:
    pages.sign_in("reader")
    pages.fill(idNumber=number, itemCode="1.2", level="UNGRADED")

    pages.send("#claim", "#result .problem")

    assert pages.data("#result .problem", "code") == ["PURPOSE_REQUIRED"]
    assert "须说明目的和案号" in pages.wait_for("#result .problem").text


def test_a_form_with_another_token_is_refused(pages: Console, number: str) -> None:
    pages.sign_in("district")
    pages.browser.execute_script(
        "for (const one of document.getElementsByName('form_token')) one.value = 'x';"
    )
    pages.fill(idNumber=number, itemCode="1.2", level="UNGRADED", **FACTS)

    pages.send("#claim", "#result .problem")
    assert "表单并非由本页发出" in pages.wait_for(".problem").text
    # The way it is sent without scripts, too.
    before = pages.wait_for("html")
    pages.browser.execute_script("document.getElementById('claim').submit()")

    pages.wait_until_gone(before)
    assert "表单并非由本页发出" in pages.wait_for(".problem").text


def test_after_signing_out_pages_lead_to_the_form(pages: Console) -> None:
    pages.sign_in("district")
    before = pages.browser.get_cookie("gateway-console")

    pages.send(".out", "#token")
    assert before is not None
    pages.browser.add_cookie({"name": "gateway-console", "value": before["value"]})
    pages.open("/console/claim")

    assert pages.browser.current_url.endswith("/console/sign-in")
    assert pages.violations() == []
    pages.picture("sign-in-zh-light")


def test_a_wrong_token_signs_nobody_in(pages: Console) -> None:
    pages.open("/console/sign-in")
    pages.field("token").send_keys("none-of-ours")

    pages.field("token").submit()

    pages.wait_for(".problem")
    assert pages.browser.get_cookie("gateway-console") is None
    assert pages.violations() == []


def test_keys_alone_are_enough(pages: Console, number: str) -> None:
    pages.browser.delete_all_cookies()
    pages.open("/console/sign-in?language=EN")

    def press(*keys: str) -> None:
        ActionChains(pages.browser).send_keys(*keys).perform()

    press(Keys.TAB)
    assert pages.browser.switch_to.active_element.get_attribute("class") == "skip"

    def go_to(name: str) -> None:
        while pages.focused != name:
            press(Keys.TAB)

    go_to("token")
    press("token-of-district", Keys.ENTER)
    pages.wait_for("#claim")
    go_to("idNumber")
    press(number)
    for name in ("itemCode", "level", "purpose"):
        go_to(name)
        press(Keys.DOWN)
    go_to("caseNumber")
    press("case-2", Keys.ENTER)

    pages.wait_for(VERDICT)
    assert pages.focused == "verdict"


def test_a_chain_of_evidence_is_drawn_and_told(pages: Console, number: str) -> None:
    pages.sign_in("district")
    pages.fill(idNumber=number, itemCode="1.2", level="UNGRADED", **FACTS)
    pages.send("#claim", VERDICT)

    pages.send("[action$=certificate]", "svg.chain")

    assert len(pages.browser.find_elements(By.CSS_SELECTOR, "svg.chain .box")) == 8
    assert pages.data("[data-check=INTEGRITY] .outcome", "outcome") == ["VALID"]
    assert "归集机构签名" in str(pages.wait_for("desc").get_attribute("textContent"))
    assert pages.violations() == []
    pages.picture("certificate-zh-light")


def test_a_certificate_that_nobody_issued_is_unknown(pages: Console) -> None:
    pages.sign_in("district")
    pages.open("/console/certificate")
    pages.fill(id="none", purpose="SUBSIDY_CLAIM", caseNumber="case-3")

    pages.send("#certificate", "#result .problem")

    assert "没有此编号的证书" in pages.wait_for("#result .problem").text


def test_agencies_are_shown_with_quality_to_overseers_alone(pages: Console) -> None:
    pages.sign_in("nobody")
    pages.open("/console/agencies?language=EN")
    assert len(pages.data("article", "agency")) == 3
    assert "Data quality" not in pages.wait_for("main").text

    pages.sign_in("auditor")
    pages.open("/console/agencies?language=EN")

    assert pages.wait_for("main").text.count("Data quality\n") == 3
    assert pages.data("[data-circuit]", "circuit") == ["CLOSED"] * 3
    assert pages.violations() == []
    pages.picture("agencies-en-light")


def test_the_inbox_is_for_who_registers_and_oversees(pages: Console) -> None:
    pages.sign_in("nobody")
    pages.open("/console/registration")
    assert pages.data(".problem", "code") == ["FORBIDDEN"]

    pages.sign_in("approver")
    pages.open("/console/registration")

    assert pages.data(".problem", "code") == []
    assert pages.violations() == []


def test_the_ledger_shows_totals_to_who_may_see_them(
    pages: Console, running_agencies: Agencies, open_gateway: Gateway
) -> None:
    # Somebody of whom no other test here asks: what is paid before counts.
    record_a_decision(open_gateway, running_agencies.person("examined")["idNumber"])
    pages.sign_in("reader")
    pages.open("/console/ledger")
    assert set(pages.data(".problem", "code")) == {"FORBIDDEN"}
    assert pages.data("tr", "decision") == []

    pages.sign_in("auditor")
    pages.open("/console/ledger")

    assert "APPROVED" in pages.data("tbody [data-outcome]", "outcome")
    assert pages.violations() == []
    pages.picture("ledger-zh-light")

    pages.open("/console/totals")

    assert len(pages.data("tr[data-month]", "month")) >= 1
    assert "310115" in pages.data("tr[data-district]", "district")
    assert pages.browser.find_elements(By.CSS_SELECTOR, "svg.districts .bar")
    assert pages.violations() == []
    pages.picture("totals-zh-light")


def record_a_decision(
    gateway: Gateway, number: str, claim: str = "console-1", **more: object
) -> dict[str, str]:
    """Approve a claim of somebody, or what ``more`` says; return what was recorded."""
    query = (
        "query($n: String!) { holder(idNumber: $n) { certificates { nodes { id } } } }"
    )
    (one, *_) = gateway.ask(query, n=number)["holder"]["certificates"]["nodes"]
    decision = {
        "claim": claim,
        "certificate": one["id"],
        "outcome": "APPROVED",
        "district": "310115",
        "category": "EMPLOYED",
        **more,
    }
    status, answer, _ = gateway.post(
        {"query": DECIDE, "variables": {"key": claim, "decision": decision}},
        token_of("district"),
        {"X-Purpose": "SUBSIDY_CLAIM", "X-Case-Number": "case-4"},
    )
    assert (status, answer["data"]["recordDecision"]["__typename"]) == (
        200,
        "DecisionRecorded",
    ), answer
    return {**answer["data"]["recordDecision"], "certificate": one["id"]}
