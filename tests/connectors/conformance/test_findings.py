"""Every finding is found where it should be, and an honest registry has none."""

import re
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from connectors.conformance.codes import Check, FindingCode
from connectors.conformance.plan import Plan, planned
from connectors.conformance.report import Finding, Outcome
from connectors.conformance.subject import Effort
from connectors.errors import ManifestError
from connectors.manifest import Manifest
from tests.connectors.agency import OTHER, ZHANG
from tests.connectors.conformance import test_sandbox, test_tls
from tests.connectors.conformance.kit import QUICKLY, checked, codes, outcome
from tests.connectors.conformance.registry import (
    ITEM,
    NOBODY,
    Habit,
    Registry,
    serving,
    signing_key,
    trusted,
)
from tests.connectors.network.names import listening

PAIR = [ZHANG, NOBODY]
FOUND = {
    Habit.OPTIONS_500: "PROBE_FAILED",
    Habit.REDIRECTS: "REDIRECTED",
    Habit.NOT_JSON: "UNREADABLE",
    Habit.OTHER_ITEM: "OUT_OF_SCOPE",
    Habit.EXTRA_PART: "SIGNATURE_FORM",
    Habit.HMAC: "WRONG_ALGORITHM",
    Habit.OUT_OF_WINDOW: "KEY_NOT_IN_FORCE",
    Habit.FOREIGN: "FOREIGN_KEY",
    Habit.NO_NUMBER: "MALFORMED_RECORD",
    Habit.NO_STATE: "FIELD_UNKNOWN",
    Habit.MISSPELT: "ROW_UNKNOWN",
    Habit.BOTH: "CONTRADICTION",
    Habit.NO_COUNT: "COUNT_NOT_STATED",
    Habit.DATE_OFF: "CLOCK_OFF",
    Habit.BY_POSITION: "BATCH_DIFFERS",
    Habit.SMALL_BATCHES: "BATCH_FAILED",
    Habit.LARGE_BODIES: "BODY_NEAR_LIMIT",
    Habit.EMPTY_500: "EMPTY_BATCH_FAILED",
    Habit.ERRORS_500: "ERROR_AS_FAILURE",
    Habit.TAKES_ALL: "MALFORMED_TAKEN",
    Habit.BREAKS: "NOT_RECOVERED",
    Habit.SLOWISH: "LATENCY_NEAR_LIMIT",
    Habit.LATE: "LATENCY_OVER_LIMIT",
}
OF_THEIR_OWN = {
    "ADDRESS_REFUSED",
    "CUT_SHORT",
    "KEY_EXPIRES_SOON",
    "KEY_NOT_SEEN",
    "NO_CONNECTION",
    "NO_NONCE",
    "OTHER_RESULT",
}
"""The findings that have a test of their own below."""


def test_every_finding_is_found_by_a_test() -> None:
    found = {*FOUND.values(), *test_sandbox.FOUND.values(), *test_tls.FOUND.values()}

    assert found | OF_THEIR_OWN == set(FindingCode)


async def test_nothing_is_wrong_with_an_honest_registry() -> None:
    async with serving(Registry()) as registry:
        report = await checked(registry.manifest, registry.bundle(), registry.plan)

    assert report.findings == []
    # Of two people one holds something, and the other nothing.
    assert [pair for pair in registry.asked if len(pair) == len(PAIR)] == [
        PAIR,
        PAIR[::-1],
    ]


@pytest.mark.parametrize(("habit", "code"), FOUND.items(), ids=str)
async def test_a_habit_is_found(habit: Habit, code: str) -> None:
    async with serving(Registry(habit)) as registry:
        report = await checked(registry.manifest, registry.bundle(), registry.plan)

    assert code in codes(report)


async def test_two_people_are_asked_about_in_both_orders() -> None:
    """The registry's own order is that of the numbers: one of the two is another."""
    async with serving(Registry(Habit.BY_POSITION)) as registry:
        report = await checked(registry.manifest, registry.bundle(), registry.plan)

    assert outcome(report, Check.TWO_PEOPLE) is Outcome.FAILED


def of_nobody(rules: Manifest) -> Manifest:
    return msgspec.structs.replace(rules, collection_body="nobody")


def of_no_expression(rules: Manifest) -> Manifest:
    record = msgspec.structs.replace(rules.record, number="number[")
    return msgspec.structs.replace(rules, record=record)


@pytest.mark.parametrize("spoilt", [of_nobody, of_no_expression])
async def test_a_manifest_that_cannot_be_used_is_an_error(
    spoilt: Callable[[Manifest], Manifest],
) -> None:
    async with serving(Registry()) as registry:
        with pytest.raises(ManifestError):
            await checked(spoilt(registry.manifest), registry.bundle(), registry.plan)


@pytest.mark.parametrize("name", ["url", "second_url"])
async def test_an_address_inside_is_not_asked(name: str) -> None:
    async with serving(Registry()) as registry:
        rules = registry.manifest
        elsewhere = msgspec.structs.replace(
            rules.endpoint, **{name: "https://10.1.2.3/records"}
        )
        report = await checked(
            msgspec.structs.replace(rules, endpoint=elsewhere),
            registry.bundle(),
            registry.plan,
        )

    assert report.findings == [
        Finding(FindingCode.ADDRESS_REFUSED, f"endpoint.{name}", "INSIDE")
    ]
    assert registry.questions == 0
    assert outcome(report, Check.ANSWERS) is Outcome.NOT_TESTED


async def test_nobody_there_is_found_and_no_more_is_said() -> None:
    async with serving(Registry()) as registry:
        rules, bundle, plan = registry.manifest, registry.bundle(), registry.plan
    report = await checked(rules, bundle, plan)

    (probe, answer) = report.findings
    assert (probe.code, answer.code) == ("PROBE_FAILED", "NO_CONNECTION")
    assert answer.place == "/records plan.holder[0]"


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_what_else_listens_there_is_not_told(scheme: str) -> None:
    """A closed port and one that speaks something else look the same."""
    registry = Registry()
    async with listening("127.0.0.1", greeting=b"SSH-2.0-OpenSSH_9.2\r\n") as server:
        registry.url = f"{scheme}://127.0.0.1:{server.port}/records"
        spoken = await checked(registry.manifest, registry.bundle(), registry.plan)
    closed = await checked(registry.manifest, registry.bundle(), registry.plan)

    assert spoken.findings == closed.findings
    assert spoken.findings[-1].code == "NO_CONNECTION"


async def test_a_result_other_than_the_plans_is_found() -> None:
    plan = Plan((planned(ZHANG, [ITEM, ITEM]), planned(NOBODY, [])))
    async with serving(Registry()) as registry:
        report = await checked(registry.manifest, registry.bundle(), plan)

    assert report.findings == [
        Finding(FindingCode.OTHER_RESULT, "plan.holder[0].items")
    ]


async def test_somebody_who_holds_something_after_all_is_found() -> None:
    plan = Plan((planned(ZHANG, [ITEM]), planned(OTHER, [])))
    async with serving(Registry()) as registry:
        report = await checked(registry.manifest, registry.bundle(), plan)

    assert report.findings == [
        Finding(FindingCode.OTHER_RESULT, "plan.holder[1].items")
    ]


async def test_a_check_is_no_look_up() -> None:
    """Whoever puts a real person into a plan learns nothing the plan did not say."""
    plan = Plan((planned(ZHANG, ["1.1"]), planned(OTHER, [])))
    async with serving(Registry(Habit.BY_POSITION)) as registry:
        report = await checked(registry.manifest, registry.bundle(), plan)

    assert "OTHER_RESULT" in codes(report)
    assert ITEM not in str(report)


async def test_nobody_with_two_certificates_leaves_completeness_untested() -> None:
    plan = Plan((planned(ZHANG, [ITEM]), planned(NOBODY, [])))
    async with serving(Registry()) as registry:
        report = await checked(registry.manifest, registry.bundle(), plan)

    assert report.findings == []
    assert outcome(report, Check.COMPLETENESS) is Outcome.NOT_TESTED


async def test_a_drill_with_a_second_key_that_signs_is_passed() -> None:
    following = signing_key("key-2")
    async with serving(Registry(next_key=following)) as registry:
        bundle = registry.bundle(trusted(following))
        report = await checked(registry.manifest, bundle, registry.plan)

    assert report.findings == []
    assert outcome(report, Check.ROTATION) is Outcome.PASSED


async def test_a_second_key_that_signs_nothing_is_found() -> None:
    following = signing_key("key-2")
    async with serving(Registry()) as registry:
        bundle = registry.bundle(trusted(following))
        report = await checked(registry.manifest, bundle, registry.plan)

    assert report.findings == [Finding(FindingCode.KEY_NOT_SEEN, "key-2")]
    assert report.is_conforming


async def test_a_second_key_that_is_not_registered_is_found() -> None:
    async with serving(Registry(next_key=signing_key("key-2"))) as registry:
        report = await checked(registry.manifest, registry.bundle(), registry.plan)

    assert "UNKNOWN_KEY" in codes(report)
    assert not report.is_conforming


@pytest.mark.parametrize(("days", "is_found"), [(29, True), (31, False)])
async def test_a_key_that_ends_soon_is_found(days: int, is_found: bool) -> None:
    async with serving(Registry()) as registry:
        bundle = registry.bundle(days=days)
        report = await checked(registry.manifest, bundle, registry.plan)

    assert ("KEY_EXPIRES_SOON" in codes(report)) is is_found


async def test_a_signed_body_without_a_nonce_is_found() -> None:
    async with serving(Registry(whole=True)) as registry:
        report = await checked(registry.manifest, registry.bundle(), registry.plan)

    assert report.findings == [Finding(FindingCode.NO_NONCE, "request.nonce")]


@pytest.mark.parametrize(
    ("seconds", "found"), [(0.0, []), (20.0, []), (45.0, [("CLOCK_OFF", "iat")])]
)
async def test_a_signer_whose_clock_is_late_is_found(
    seconds: float, found: list[tuple[str, str]]
) -> None:
    registry = Registry(whole=True, nonce=True, signer_late_seconds=seconds)
    async with serving(registry):
        report = await checked(registry.manifest, registry.bundle(), registry.plan)

    assert [(f.code, f.place) for f in report.findings] == found


async def test_a_check_ends_in_time_whatever_an_agency_does() -> None:
    effort = replace(QUICKLY, total_seconds=1.5)
    async with serving(Registry(Habit.ENDLESS)) as registry:
        report = await checked(
            registry.manifest, registry.bundle(), registry.plan, effort=effort
        )

    assert "CUT_SHORT" in codes(report)
    assert outcome(report, Check.LATENCY) is Outcome.NOT_TESTED
    assert {result.check for result in report.results} == set(Check)


async def test_as_many_answers_are_measured_as_asked_for() -> None:
    effort = Effort(requests=7)
    async with serving(Registry()) as registry:
        report = await checked(
            registry.manifest, registry.bundle(), registry.plan, effort=effort
        )

    assert report.latency is not None
    assert report.latency.requests == 7
    (result,) = (one for one in report.results if one.check is Check.LATENCY)
    for words in result.note or ("",):
        assert re.fullmatch(r"p50 [\d.]+ s, p95 .+ s, p99 .+ s, max .+ s, n = 7", words)
    latency = report.latency
    assert 0 < latency.p50 <= latency.p95 <= latency.p99 <= latency.longest
