"""An agency joins by the console: what it brought is explained, and two people act."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.browser.console_pages import Console
from tests.gateway.privacy.callers import entry
from tests.gateway.registration.joining import (
    SANCTIONER,
    SECOND,
    SECOND_SANCTIONER,
    TABLES,
    Joining,
    Steps,
    joining_gateway,
)
from tests.gateway.registration.test_sanctions import BODY, PROPOSE
from tests.running import DATABASE, Agencies

BOTH = "agency-and-operator"
RIGHTS = ("connectors:register", "connectors:approve")
"""Who might do alone what takes two."""


@pytest.fixture(scope="module", name="steps")
def _steps(
    tmp_path_factory: pytest.TempPathFactory, running_agencies: Agencies
) -> Iterator[Steps]:
    """A gateway that knows no transport agency yet, and has a console."""
    both = entry(BOTH, *RIGHTS, purpose=False)
    with joining_gateway(
        tmp_path_factory.mktemp("gateway-with-an-inbox"),
        running_agencies,
        f"sqlite:///{DATABASE}",
        tables=f"{TABLES}\n{both}\n[console]\nenabled = true\n",
    ) as steps:
        yield steps


def test_who_submitted_does_not_approve(
    steps: Steps, running_agencies: Agencies, chromium: Chrome, tmp_path: Path
) -> None:
    running_agencies.reset()
    joining = Joining(running_agencies)
    drafted = steps.draft(**joining.submission())
    seen = steps.register_key(drafted["id"], joining.key)
    seen = steps.step("submitConnector", BOTH, seen)
    pages = Console(steps.gateway.url, chromium, tmp_path, tmp_path)
    address = f"/console/registration?id={seen['id']}"

    pages.sign_in(BOTH, BOTH)
    pages.open("/console/registration")
    assert pages.data("tr", "connector") == [None, seen["id"]]
    pages.open(address)
    assert len(pages.data("#manifest ~ .wide tbody tr", "x")) > 5
    # What an expression finds is told beside it.
    assert "中的" in pages.wait_for("#manifest ~ .wide").text
    take(pages, "CheckConnector")
    assert pages.data("[data-conforming]", "conforming") == ["true"]
    take(pages, "ApproveConnector")
    assert pages.data(".problem", "code") == ["SAME_OPERATOR"]

    pages.sign_in(SECOND, SECOND)
    pages.open(address)
    take(pages, "ApproveConnector")

    assert pages.data("dd .outcome", "outcome")[0] == "APPROVED"
    assert pages.data("li[data-step]", "step")[-1] == "APPROVE"


def test_who_proposed_a_freeze_does_not_confirm_it(
    steps: Steps, chromium: Chrome, tmp_path: Path
) -> None:
    proposed = steps.send(PROPOSE, SANCTIONER, b=BODY, k="FREEZE")
    article = f"[data-sanction='{proposed['id']}']"
    pages = Console(steps.gateway.url, chromium, tmp_path, tmp_path)

    pages.sign_in(SANCTIONER, SANCTIONER)
    pages.open("/console/sanctions")
    take(pages, "ConfirmSanction", article)
    assert pages.data(".problem", "code") == ["SAME_OFFICER"]

    pages.sign_in(SECOND_SANCTIONER, SECOND_SANCTIONER)
    pages.open("/console/sanctions")
    take(pages, "RejectSanction", article)

    assert pages.data(f"{article} .outcome", "outcome") == ["REJECTED"]
    assert pages.data(f"{article} li", "step") == ["PROPOSE", "REJECT"]


def take(pages: Console, step: str, within: str = "#step") -> None:
    """Take a step on the page, with a reason."""
    pages.wait_for(f"{within} [name=reason]").send_keys("as agreed")
    before = pages.wait_for("html")
    pages.wait_for(f"{within} button[value={step}]").click()
    pages.wait_until_gone(before)
    pages.wait_for("[role=status], [role=alert]")
