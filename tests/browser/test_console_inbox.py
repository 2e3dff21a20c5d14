"""An agency joins by the console: what it brought is explained, and two people act."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.browser.console_pages import Console
from tests.gateway.registration.joining import (
    AGENCY,
    OPERATOR,
    SECOND,
    TABLES,
    Joining,
    Steps,
    joining_gateway,
)
from tests.running import DATABASE, Agencies

BUTTON = "#step button[value={}]"


@pytest.fixture(name="steps")
def _steps(tmp_path: Path, running_agencies: Agencies) -> Iterator[Steps]:
    """A gateway that knows no transport agency yet, and has a console."""
    with joining_gateway(
        tmp_path,
        running_agencies,
        f"sqlite:///{DATABASE}",
        tables=f"{TABLES}\n[console]\nenabled = true\n",
    ) as steps:
        yield steps


def test_who_checked_does_not_approve(
    steps: Steps, running_agencies: Agencies, chromium: Chrome, tmp_path: Path
) -> None:
    running_agencies.reset()
    joining = Joining(running_agencies)
    drafted = steps.draft(**joining.submission())
    seen = steps.register_key(drafted["id"], joining.key)
    seen = steps.step("submitConnector", AGENCY, seen)
    pages = Console(steps.gateway.url, chromium, tmp_path, tmp_path)
    address = f"/console/registration?id={seen['id']}"

    pages.sign_in(OPERATOR, OPERATOR)
    pages.open("/console/registration")
    assert pages.data("tr", "connector") == [None, seen["id"]]
    pages.open(address)
    assert "/certificates" in pages.wait_for("main").text
    take(pages, "CheckConnector")
    assert pages.data("[data-conforming]", "conforming") == ["true"]
    take(pages, "ApproveConnector")
    assert pages.data(".problem", "code") == ["SAME_OPERATOR"]

    pages.sign_in(SECOND, SECOND)
    pages.open(address)
    take(pages, "ApproveConnector")

    assert pages.data("dd .outcome", "outcome")[0] == "APPROVED"
    assert pages.data("li[data-step]", "step")[-1] == "APPROVE"


def take(pages: Console, step: str) -> None:
    """Take a step on the page, with a reason."""
    pages.fill(reason="as agreed")
    before = pages.wait_for("html")
    pages.wait_for(BUTTON.format(step)).click()
    pages.wait_until_gone(before)
    pages.wait_for("[role=status], [role=alert]")
