"""The console's work: a file that is dropped in, a correction, a recovery, the log."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.console_pages import Console
from tests.browser.logs import addresses_asked
from tests.browser.people import token_of
from tests.browser.test_console import record_a_decision
from tests.federation.offices import PROPOSE
from tests.federation.test_corrections import RULED
from tests.gateway.batch.population import claims
from tests.gateway.batch.sheets import HEADER, csv_of
from tests.gateway.status.sending import today
from tests.running import Agencies, Gateway, eventually

PROVE = """mutation($c: ID!) { proveRecordFalse(certificate: $c, reason: "经查不实",
  evidence: "沪查〔2026〕1号") { __typename } }"""
WHY = {"X-Purpose": "RECOVERY", "X-Case-Number": "case-7"}


@pytest.fixture(name="dark")
def _dark(pages: Console) -> Iterator[Console]:
    """The console as who reads English in the dark has it."""
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    pages.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    yield pages
    pages.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def send(
    gateway: Gateway, role: str, query: str, **variables: object
) -> dict[str, str]:
    """Take a step of the graph; return what it gives."""
    body = {"query": query, "variables": variables}
    status, answer, _ = gateway.post(body, token_of(role), WHY)
    assert (status, answer.get("errors")) == (200, None), answer
    (found,) = answer["data"].values()
    return dict(found)


def test_a_file_is_dropped_in_and_its_results_downloaded(
    pages: Console, running_agencies: Agencies, tmp_path: Path
) -> None:
    running_agencies.reset()
    file = tmp_path / "claims.csv"
    rows = [row for row, _, _ in claims(running_agencies, 250)]
    rows[1][5] = "2024-13-01"
    file.write_bytes(csv_of([HEADER, *rows]))
    pages.browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior",
        {"behavior": "allow", "downloadPath": str(tmp_path)},
    )
    pages.sign_in("district")
    pages.open("/console/batch")
    assert pages.violations() == []
    pages.picture("batch-before-zh-light")
    pages.field("file").send_keys(str(file))
    pages.fill(purpose="SUBSIDY_CLAIM", caseNumber="case-5")

    pages.send("#batch", "[data-state=done]")

    # It went on by itself, and the focus is on what it came to.
    assert pages.wait_for("#so-far").text == "250 / 250 行"
    assert pages.focused == "state"
    assert pages.data("tr[data-line]", "line") == ["3"]
    assert pages.violations() == []
    pages.picture("batch-done-zh-light")
    pages.wait_for("button[value=fetch]").click()
    results = tmp_path / "results.csv"
    eventually(results.exists)
    assert results.read_bytes().count(b"\r\n") == 251
    pages.send("[action$=batch]:has([value=forget])", "#batch")
    assert pages.browser.find_elements("id", "so-far") == []


def test_a_file_that_is_none_is_refused_where_one_reads_it(
    dark: Console, tmp_path: Path
) -> None:
    file = tmp_path / "claims.csv"
    file.write_text("id_number,what\n1,2\n")
    dark.sign_in("district")
    dark.open("/console/batch?language=EN")
    dark.field("file").send_keys(str(file))
    dark.fill(purpose="SUBSIDY_CLAIM", caseNumber="case-6")

    dark.send("#batch", ".problem")

    assert "1 unknown columns" in dark.wait_for(".problem").text
    assert dark.violations() == []
    dark.picture("batch-refused-en-dark")


def test_a_list_is_compared_with_the_ledger_row_by_row_by_keys(
    dark: Console,
    running_agencies: Agencies,
    open_gateway: Gateway,
    tmp_path: Path,
) -> None:
    number = running_agencies.person("examined")["idNumber"]
    for claim in ("console-listed", "console-unlisted"):
        record_a_decision(open_gateway, number, claim=claim, outcome="REFUSED")
    file = tmp_path / "refused.csv"
    rows = (f"console-listed,310101,{number}", f"console-absent,310115,{number}", ",,")
    file.write_text("\n".join(["申领编号,区代码,证件号码", *rows]), "utf-8")
    day = f"{today():%m/%d/%Y}"
    dark.sign_in("district")
    dark.open("/console/reconciliation?language=EN")
    assert dark.violations() == []
    dark.picture("reconciliation-before-en-dark")
    dark.field("file").send_keys(str(file))
    dark.fill(**{"from": day, "to": day}, state="REFUSED")
    dark.fill(purpose="SUPERVISION_AND_AUDIT", caseNumber="case-8")

    dark.send("#reconciliation", "[data-state=done]")

    assert dark.focused == "state"
    assert dark.data("tr[data-row]", "row")[:2] == ["DIFFERENT", "MISSING_HERE"]
    assert dark.violations() == []
    dark.picture("reconciliation-done-en-dark")
    dark.wait_for("tr[data-result=MISSING_THERE] a").send_keys(Keys.ENTER)
    dark.wait_for("tr[data-result=MISSING_THERE] a[aria-current]")
    assert set(dark.data("tr[data-row]", "row")) == {"MISSING_THERE"}
    assert "console-unlisted" in dark.wait_for("#rows + div").text
    assert dark.violations() == []
    assert [one for one in addresses_asked(dark.browser) if number in one] == []
    assert number not in dark.browser.page_source
    dark.send("[action$=reconciliation]:has([value=forget])", "#reconciliation")
    assert dark.data("tr[data-row]", "row") == []


def test_who_may_not_reconcile_is_told_what_it_takes(pages: Console) -> None:
    pages.sign_in("reader")
    pages.open("/console/reconciliation")

    assert pages.data(".problem", "code") == ["FORBIDDEN"]
    assert pages.browser.find_elements("name", "file") == []
    assert pages.violations() == []


def test_a_payment_is_corrected_and_claimed_back(
    dark: Console, running_agencies: Agencies, open_gateway: Gateway
) -> None:
    paid = record_a_decision(
        open_gateway,
        running_agencies.person("whole-annex")["idNumber"],
        claim="console-2",
        outcome="PAID",
        amountYuan=1000,
        rulings=RULED,
    )
    correction = {"decision": paid["id"], "officer": "浦0017", "reason": "录入有误"}
    proposed = send(open_gateway, "district", PROPOSE, correction=correction)
    proved = send(open_gateway, "bureau", PROVE, c=paid["certificate"])
    assert proved["__typename"] == "FalseRecordProved", proved

    dark.sign_in("district")
    dark.open(f"/console/corrections?id={proposed['id']}&language=EN")
    assert dark.data("tr[data-field]", "field")[0] == "certificate"
    assert dark.violations() == []
    dark.picture("correction-en-dark")
    dark.fill(officer="浦0018", reason="已核对")
    dark.field("reason").send_keys("\n")
    assert dark.browser.find_elements("css selector", "[role=alert], .done") == []
    dark.wait_for("button[value=CONFIRM]").click()
    assert dark.wait_for("[role=alert]").get_attribute("data-code") == "SAME_PERSON"

    dark.sign_in("bureau")
    dark.open("/console/recoveries?language=EN")
    assert dark.violations() == []
    dark.picture("recoveries-en-dark")
    dark.wait_for("tr[data-recovery] a").click()
    dark.wait_for("#step")
    assert dark.violations() == []
    dark.fill(reason="told by letter")
    dark.wait_for("button[value=NOTIFY]").click()
    dark.wait_for("li[data-step=NOTIFY]")
    dark.picture("recovery-en-dark")


@pytest.mark.parametrize("language", ["ZH", "EN"])
def test_the_log_is_shown_to_who_signed_in(pages: Console, language: str) -> None:
    pages.sign_in("auditor")

    pages.open(f"/console/log?language={language}")

    assert pages.data("dd .outcome", "outcome") == ["IN_TIME", "NOT_CONFIGURED"]
    assert int(str(pages.data("dl[data-size]", "size")[0])) >= 1
    assert pages.violations() == []
    pages.picture(f"log-{language.lower()}-light")
