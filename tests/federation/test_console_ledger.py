"""The console's pages of money: put right by two people, claimed back, summed up."""

import re

from tests.federation.offices import (
    ANOTHER_PLATFORM,
    BUREAU,
    PLATFORM,
    READER,
    Offices,
    stated,
)
from tests.federation.test_corrections import ELSEWHERE, RULED, paid
from tests.gateway.console.visitor import Page, Visitor

CORRECTIONS, RECOVERIES = "/console/corrections", "/console/recoveries"
TOTALS = "/console/totals"


def somebody(offices: Offices, token: str, place: int = 0) -> Visitor:
    """Return who signed in by a token."""
    visitor = Visitor(offices.gateways[place].url)
    visitor.sign_in(token)
    return visitor


def answer(visitor: Visitor, page: Page, id_: str, **more: str) -> Page:
    """Answer a correction on its page."""
    usual = {"answer": "CONFIRM", "officer": "浦0018", "reason": "已核对"}
    return visitor.post(CORRECTIONS, {"id": id_, **usual, **more}, page)


def compared(page: Page, field: str) -> list[str]:
    """Return what was recorded and what it should be."""
    found = re.search(rf'data-field="{field}">.*?</tr>', page.text)
    assert found is not None
    return re.findall(r"<td>\s*(.*?)\s*</td>", found[0])


def test_a_correction_is_seen_beside_what_it_corrects_and_answered_by_another(
    offices: Offices,
) -> None:
    _, certificate, wrong = paid(
        offices, "page-wrong", amountYuan=100_000, rulings=RULED
    )
    right = stated(certificate=certificate, claim="page-wrong", district=ELSEWHERE)
    id_ = offices.propose(wrong, replacement=right)["id"]
    own, other = somebody(offices, PLATFORM), somebody(offices, ANOTHER_PLATFORM)
    address = f"{CORRECTIONS}?id={id_}"

    assert id_ in own.get(CORRECTIONS).data("correction")
    page = other.get(address)
    assert compared(page, "amountYuan") == ["100000", "1600"]
    assert compared(page, "district") == ["310115", ELSEWHERE]
    same_caller = answer(own, own.get(address), id_)
    same_officer = answer(other, page, id_, officer="浦0017")
    done = answer(other, page, id_)

    assert same_caller.data("code") == same_officer.data("code") == ["SAME_PERSON"]
    assert "The step was taken" in done.text
    assert id_ not in done.data("correction")
    changed = somebody(offices, BUREAU).get(TOTALS).data("changed")
    assert {"310115", ELSEWHERE} <= {one.split()[1] for one in changed}


def test_a_correction_that_is_rejected_is_gone(offices: Offices) -> None:
    _, _, wrong = paid(offices, "page-rejected")
    id_ = offices.propose(wrong)["id"]
    visitor = somebody(offices, PLATFORM)
    page = visitor.get(f"{CORRECTIONS}?id={id_}")
    assert "It is reversed alone" in page.text

    unsaid = visitor.post(CORRECTIONS, {"id": id_, "answer": "PERHAPS"}, page)
    done = answer(visitor, page, id_, answer="REJECT")
    again = answer(visitor, page, id_)

    assert (unsaid.status, done.status) == (422, 200)
    assert id_ not in done.data("correction")
    assert again.data("code") != []


def test_a_recovery_is_moved_on_by_who_saw_how_far_it_is(offices: Offices) -> None:
    _, said, certificate = offices.certified()
    offices.decide(0, certificate, "page-recovered")
    offices.change(said, "撤销")
    opened = offices.recovery("page-recovered")
    assert opened is not None
    visitor = somebody(offices, BUREAU, place=1)
    address = f"{RECOVERIES}?id={opened['id']}"
    assert opened["id"] in visitor.get(RECOVERIES).data("recovery")
    page = visitor.get(address)
    seen = {"id": opened["id"], "version": str(opened["version"]), "reason": "已核实"}

    told = visitor.post(RECOVERIES, {**seen, "action": "NOTIFY"}, page)
    late = visitor.post(RECOVERIES, {**seen, "action": "CLOSE"}, page)
    seen["version"] = str(opened["version"] + 1)
    none = visitor.post(RECOVERIES, {**seen, "action": "REPAY"}, page)
    more = {**seen, "action": "REPAY", "amountYuan": "1601"}
    too_much = visitor.post(RECOVERIES, more, page)
    back = visitor.post(RECOVERIES, {**more, "amountYuan": "1600"}, page)
    bad = visitor.post(RECOVERIES, {**more, "amountYuan": "-1"}, page)
    # More digits than a number is read from.
    long = visitor.post(RECOVERIES, {**seen, "version": "1" * 5_000}, page)

    assert told.data("step") == ["OPEN", "NOTIFY"]
    assert late.data("code") == ["CHANGED_MEANWHILE"]
    assert none.data("code") == ["BAD_AMOUNT"]
    assert too_much.data("code") == ["MORE_THAN_OWED"]
    assert back.data("step") == ["OPEN", "NOTIFY", "REPAY"]
    assert back.data("outcome")[0] == "RECOVERED"
    # Nothing is left to do, so no form is.
    assert 'id="step"' not in back.text
    assert (bad.status, long.status) == (422, 422)


def test_a_recovery_that_is_nobodys_is_unknown(offices: Offices) -> None:
    visitor = somebody(offices, BUREAU)

    for id_ in ("999999", "x", "1%20OR%201"):
        page = visitor.get(f"{RECOVERIES}?id={id_}")
        assert "There is no such recovery" in page.text


def test_sums_are_shown_by_month_and_by_district(offices: Offices) -> None:
    paid(offices, "page-summed", district=ELSEWHERE)

    page = somebody(offices, BUREAU).get(TOTALS)

    assert len(page.data("month")) >= 1
    assert ELSEWHERE in page.data("district")
    assert page.text.count('role="img"') == 2
    assert "Huangpu: " in page.text


def test_who_lacks_a_scope_is_told_which(offices: Offices) -> None:
    visitor = somebody(offices, READER)

    for path in (CORRECTIONS, RECOVERIES, TOTALS, "/console/ledger"):
        page = visitor.get(path)
        assert set(page.data("code")) == {"FORBIDDEN"}
        assert "audit:read" in page.text
