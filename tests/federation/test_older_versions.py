"""What was seen, or is shown by another agency, is not undone by older words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.demo.demo import HOST, write_configuration
from tests.federation.case_registry import VERSIONS, CaseRegistry, serving_cases
from tests.federation.offices import PAYS, PLATFORM
from tests.federation.queries import EMERGENCY
from tests.federation.test_versions import (
    BY_ID,
    OLDER_ISSUE,
    REVOKED,
    TWICE,
    asked,
    decided,
)
from tests.gateway.privacy.callers import entry
from tests.ports import free_port
from tests.running import TOKEN, Agencies, Gateway, eventually, gateway_by

SECOND = "emergency-second"


@dataclass
class Pair:
    """A gateway before two agencies for the same rows."""

    gateway: Gateway
    config: Path
    port: int
    first: CaseRegistry
    second: CaseRegistry

    def say(self, number: str, first: list[int], second: list[int]) -> None:
        """Have both say some of a person's versions, the oldest of which is 0."""
        known = sorted(CASES.people[number], key=lambda one: one[1])
        self.first.people[number] = [known[version] for version in first]
        self.second.people[number] = [known[version] for version in second]


CASES = CaseRegistry(key=None)  # type: ignore[arg-type]  # read, never signed
CASES.read(VERSIONS)


@pytest.fixture(name="pair")
def _pair(running_agencies: Agencies, tmp_path: Path) -> Iterator[Pair]:
    with (
        serving_cases(running_agencies.folder) as first,
        serving_cases(running_agencies.folder) as second,
    ):
        port = free_port(HOST)
        urls = {**running_agencies.urls, EMERGENCY: first.url}
        config = write_configuration(
            tmp_path,
            trust_folder=running_agencies.folder,
            port=port,
            agencies=urls,
            token=TOKEN,
            id_number="",
        )
        text = config.read_text("utf-8")
        config.write_text(f"{text}\n{entry(PLATFORM, *PAYS)}", "utf-8")
        known = tmp_path / "manifests" / f"{EMERGENCY}.toml"
        manifest = known.read_text("utf-8")
        manifest = manifest.replace("ttl_seconds = 10", "ttl_seconds = 0")
        known.write_text(manifest, "utf-8")
        manifest = manifest.replace(f'id = "{EMERGENCY}"', f'id = "{SECOND}"', 1)
        manifest = manifest.replace(first.url, second.url)
        (known.parent / f"{SECOND}.toml").write_text(manifest, "utf-8")
        with gateway_by(config, port) as gateway:
            yield Pair(gateway, config, port, first, second)


def outcomes(gateway: Gateway, number: str) -> tuple[str, int, dict[str, list[str]]]:
    """Return the verdict on 1.2, how many certificates are shown, and refusals."""
    holder = asked(gateway, number)
    refusals = {
        row["agency"]: [refusal["code"] for refusal in row["refusals"]]
        for row in holder["sources"]
        if row["agency"] in {EMERGENCY, SECOND}
    }
    shown = holder["certificates"]["totalCount"]
    return holder["low"]["outcome"], shown, refusals


def test_one_certificate_of_two_agencies_is_one_node_judged_by_the_newest(
    pair: Pair,
) -> None:
    pair.say(REVOKED, [0], [1])

    verdict, shown, refusals = outcomes(pair.gateway, REVOKED)

    assert (verdict, shown) == ("INELIGIBLE", 1)
    assert refusals == {EMERGENCY: [], SECOND: []}
    (node,) = asked(pair.gateway, REVOKED)["certificates"]["nodes"]
    assert (node["state"], len(node["provenance"]["supersedes"])) == ("REVOKED", 1)


def test_nothing_is_paid_on_what_another_agency_replaced(pair: Pair) -> None:
    pair.say(REVOKED, [0], [0])
    (before,) = asked(pair.gateway, REVOKED)["certificates"]["nodes"]
    pair.say(REVOKED, [0], [1])

    paid = decided(pair.gateway, before["id"], "older-of-two")

    assert before["eligibility"]["outcome"] == "ELIGIBLE"
    assert paid == ("DecisionRefused", "NOT_IN_FORCE")


def test_one_certificate_of_two_agencies_is_paid_once(pair: Pair) -> None:
    pair.say(TWICE, [0], [1])
    (node,) = asked(pair.gateway, TWICE)["certificates"]["nodes"]
    pair.say(TWICE, [1], [])
    (again,) = asked(pair.gateway, TWICE)["certificates"]["nodes"]

    paid = [decided(pair.gateway, one["id"], one["id"][:9]) for one in (node, again)]

    assert paid == [("DecisionRecorded", None), ("AlreadyPaid", None)]


@pytest.mark.parametrize("number", [REVOKED, OLDER_ISSUE])
def test_an_older_version_that_comes_later_decides_nothing(
    pair: Pair, number: str
) -> None:
    pair.say(number, [0], [])
    (node,) = asked(pair.gateway, number)["certificates"]["nodes"]
    pair.say(number, [1], [])
    assert outcomes(pair.gateway, number)[0] == "INELIGIBLE"
    pair.say(number, [0], [])

    told = outcomes(pair.gateway, number)
    paid = decided(pair.gateway, node["id"], f"rollback-{number[-4:]}")
    by_id = pair.gateway.ask(BY_ID, id=node["id"])["certificate"]["__typename"]

    assert told == ("UNDETERMINED", 0, {EMERGENCY: ["ROLLBACK"], SECOND: []})
    assert (paid, by_id) == (("CertificateNotVerified", None), "AgencyUnavailable")
    assert "an older version was answered" in pair.gateway.log
    labels = f'agency="{EMERGENCY}",code="ROLLBACK"'
    counted = rf"^gateway_version_rollbacks_total\{{{labels}\}} [3-9]"
    assert re.search(counted, pair.gateway.get("/metrics")[1], re.MULTILINE)
    asking_anew(pair, number)


def asking_anew(pair: Pair, number: str) -> None:
    """See that the newest is believed again."""
    pair.say(number, [0, 1], [])

    assert outcomes(pair.gateway, number)[:2] == ("INELIGIBLE", 1)


def test_what_was_seen_is_known_after_a_restart_and_in_other_processes(
    pair: Pair, tmp_path: Path
) -> None:
    pair.say(REVOKED, [1], [])
    assert outcomes(pair.gateway, REVOKED)[0] == "INELIGIBLE"
    pair.say(REVOKED, [0], [])
    other = free_port(HOST)
    text = pair.config.read_text("utf-8")
    config = tmp_path / "other.toml"
    config.write_text(
        text.replace(f"port = {pair.port}\n", f"port = {other}\n"), "utf-8"
    )

    with gateway_by(config, other) as gateway:
        eventually(lambda: outcomes(gateway, REVOKED)[2][EMERGENCY] == ["ROLLBACK"])

        assert outcomes(gateway, REVOKED)[:2] == ("UNDETERMINED", 0)
