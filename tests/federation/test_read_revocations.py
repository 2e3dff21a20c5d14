"""A revocation that is only read opens the recovery too, once, and says by what."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.contracts.people import nobodies
from tests.federation.case_registry import CaseRegistry, serving_cases
from tests.federation.conftest import NO_CACHE
from tests.federation.offices import (
    BUREAU,
    DECIDE,
    PAYS,
    PLATFORM,
    Offices,
    stated,
)
from tests.federation.queries import EMERGENCY
from tests.gateway.privacy.callers import entry
from tests.gateway.registration.joining import seconds_until
from tests.running import Agencies, Gateway, running_gateway

NUMBER = "310199197005158248"
RECORD = {
    "zjlx": "RESIDENT_ID",
    "zjhm": NUMBER,
    "xm": "方伟",
    "zsbh": f"T{NUMBER}",
    "zsmc": "特种作业人员",
    "zylb": "电工作业",
    "czxm": "低压电工作业",
    "xmdm": "1.2",
    "clrq": "2026-06-01",
    "fzrq": "2026-06-01",
    "yxqq": "2026-06-01",
    "yxqz": "2032-05-31",
    "fsrq": "2029-05-31",
    "zt": "01",
    "fzjg": "上海市应急管理局",
    "czzss": 1,
    "pjjg": "上海市安全生产科学研究所",
    "gjjg": "上海市安全生产科学研究所",
}
REVOKED = "03"
HELD = "query($n: String!) { holder(idNumber: $n) { certificates { nodes { id } } } }"
RECOVERIES = """query($c: ID) { recoveries(filter: {certificate: $c}) { nodes {
  claim cause source state history { step reason actor } } } }"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A gateway before an agency that says what a test lets it say."""

    gateway: Gateway
    cases: CaseRegistry

    def say(self, number: str, **changes: str) -> None:
        own = {"zjhm": number, "zsbh": f"T{number}", **changes}
        # What is said later is signed in a later second.
        before = self.cases.people.get(number, [])
        iat = max((said for _, said in before), default=-1) + 1
        self.cases.people[number] = [({**RECORD, **own}, iat)]

    def held(self, number: str) -> str:
        """Ask about somebody; return the id of the one certificate."""
        found = self.gateway.ask(HELD, n=number)["holder"]
        (node,) = found["certificates"]["nodes"]
        id_: str = node["id"]
        return id_

    def pay(self, id_: str, claim: str) -> None:
        decision = stated(certificate=id_, claim=claim, amountYuan=800)
        body = {"query": DECIDE, "variables": {"key": claim, "decision": decision}}
        _, answer, _ = self.gateway.post(body, PLATFORM)
        assert answer["data"]["recordDecision"]["__typename"] == "DecisionRecorded"

    def recoveries(self, certificate: str) -> list[dict[str, Any]]:
        """Return the recoveries of a certificate."""
        body = {"query": RECOVERIES, "variables": {"c": certificate}}
        status, answer, _ = self.gateway.post(body, BUREAU)
        assert (status, answer.get("errors")) == (200, None), answer
        nodes: list[dict[str, Any]] = answer["data"]["recoveries"]["nodes"]
        return nodes


@pytest.fixture(scope="module", name="desk")
def _desk(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    with serving_cases(running_agencies.folder) as cases:
        agencies = replace(
            running_agencies, urls={**running_agencies.urls, EMERGENCY: cases.url}
        )
        tables = "\n".join(
            (entry(PLATFORM, *PAYS), entry(BUREAU, "recoveries:write", "audit:read"))
        )
        with running_gateway(
            tmp_path_factory.mktemp("desk"), agencies, manifest=NO_CACHE, tables=tables
        ) as gateway:
            yield Desk(gateway, cases)


def test_what_an_agency_answers_as_revoked_is_claimed_back_once(desk: Desk) -> None:
    desk.say(NUMBER)
    before = desk.held(NUMBER)
    desk.pay(before, "answered")
    # The first issue was put right as well: another id, and the same document.
    desk.say(NUMBER, zt=REVOKED, clrq="2019-06-01", ztqsrq="2026-07-01")

    after = {desk.held(NUMBER) for _ in range(5)}
    seconds_until(lambda: desk.recoveries(before) != [])

    assert after != {before}
    for id_ in (before, *after):
        (opened,) = desk.recoveries(id_)
        assert opened["claim"] == "answered"
        assert (opened["cause"], opened["source"]) == ("REVOKED", "LIVE_ANSWER")
        assert opened["history"] == [
            {
                "step": "OPEN",
                "reason": "撤销 / revoked, 2026-07-01",
                "actor": f"agency:{EMERGENCY}",
            }
        ]
    assert "gateway_revocations_waiting 0.0" in desk.gateway.get("/metrics")[1]


@pytest.mark.parametrize("state", ["02", "04", "05", "07"])
def test_another_state_that_is_read_opens_none(desk: Desk, state: str) -> None:
    other, revoked = (person.number for person in nobodies(2))
    ids = {}
    for number in (other, revoked):
        desk.say(number)
        ids[number] = desk.held(number)
        desk.pay(ids[number], f"{state}-{number[-4:]}")

    desk.say(other, zt=state)
    desk.say(revoked, zt=REVOKED)
    desk.held(other)
    desk.held(revoked)
    # What is noted first is written first.
    seconds_until(lambda: desk.recoveries(ids[revoked]) != [])

    assert desk.recoveries(ids[other]) == []


def test_a_newer_record_that_is_sent_as_revoked_opens_it_with_the_record(
    offices: Offices,
) -> None:
    holder, said, certificate = offices.certified()
    claim = f"sent-{holder.number[-4:]}"
    offices.decide(0, certificate, claim)

    offices.send({**said, "status": "撤销"})

    opened = offices.recovery(claim, place=0)
    assert opened is not None
    assert (opened["cause"], opened["source"]) == ("REVOKED", "COLLECTED_RECORD")


def test_no_decision_rests_on_what_another_gateway_has_replaced(
    offices: Offices,
) -> None:
    # Both gateways keep in memory what they read of the holder.
    holder, said, certificate = offices.certified()
    offices.certificates(1, holder)

    offices.send({**said, "status": "撤销"})
    # At once, by the gateway that was not sent it.
    decided = offices.decide(1, certificate, f"replaced-{holder.number[-4:]}")

    assert (decided["__typename"], decided["clause"]) == ("DecisionRefused", "219-3b")
