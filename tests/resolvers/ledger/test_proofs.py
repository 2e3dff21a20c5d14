"""What an officer proves, or takes back, is handed on as it was said, and by whom."""

import asyncio
from dataclasses import dataclass, field, replace
from inspect import isawaitable
from typing import Any

import pytest
from graphql import execute, parse

from bureau.ledger.book import Proof, Recovery
from bureau.ledger.proofs import FalseClaim, Withdrawal
from policy.documents import Document
from policy.recovery import FalsePart
from resolvers.schema import schema
from tests.resolvers.ledger.test_recoveries_shown import KEPT
from tests.resolvers.test_store_away import context

WITHDRAW = """mutation { withdrawFalseRecord(certificate: "sealed-1",
  officer: "浦0017", reason: "查错了人") {
  ... on FalseRecordWithdrawal { certificate isWithdrawn } } }"""
CLAIM = """mutation { proveClaimFalse(claim: "\u3000c-1\u200b", part: IDENTITY,
  officer: "浦0017", reason: "冒领", evidence: "沪人社查〔2026〕3号") {
  ... on FalseClaimProved { claim opened { id } } } }"""
RECORD = """mutation { proveRecordFalse(certificate: "sealed-1", reason: "伪造",
  evidence: "沪人社查〔2026〕3号") {
  ... on FalseRecordProved { certificate opened { id } } } }"""


@dataclass
class Ledger:
    """A ledger that takes what it is told, and opens one recovery."""

    is_withdrawn: bool = True
    told: list[Withdrawal | FalseClaim | Proof] = field(default_factory=list)

    async def withdraw_proof(self, stated: Withdrawal) -> bool:
        self.told.append(stated)
        return self.is_withdrawn

    async def prove_claim_false(self, stated: FalseClaim) -> list[Recovery]:
        self.told.append(stated)
        return [KEPT]

    async def prove_false(self, stated: Proof) -> list[Recovery]:
        self.told.append(stated)
        return [KEPT]

    async def histories(self, _: object) -> None:
        """Nothing was asked of steps."""


def said(text: str, ledger: Ledger, districts: frozenset[str] | None = None) -> Any:
    """Say something as a clerk; return what is shown, and when it was said."""

    async def answered() -> Any:
        asked = context(ledger=ledger)
        asked.caller = replace(asked.caller, districts=districts)
        found = execute(schema.core, parse(text), context_value=asked)
        found = await found if isawaitable(found) else found
        assert found.errors is None
        assert found.data is not None
        (one,) = found.data.values()
        return one, asked.now

    return asyncio.run(answered())


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_a_word_against_a_proof(*, is_withdrawn: bool) -> None:
    ledger = Ledger(is_withdrawn)

    shown, now = said(WITHDRAW, ledger)

    assert shown == {"certificate": "sealed-1", "isWithdrawn": is_withdrawn}
    assert ledger.told == [
        Withdrawal(
            certificate="sealed-1",
            # Under whichever of its ids it was proved.
            document=Document(place="place"),
            reason="查错了人",
            officer="浦0017",
            actor="clerk",
            at=now,
        )
    ]


@pytest.mark.parametrize("districts", [None, frozenset({"310115"})])
def test_a_false_claim(districts: frozenset[str] | None) -> None:
    ledger = Ledger()

    shown, now = said(CLAIM, ledger, districts)

    assert shown == {"claim": "c-1", "opened": [{"id": "7"}]}
    assert ledger.told == [
        FalseClaim(
            claim="c-1",
            part=FalsePart.IDENTITY,
            reason="冒领",
            evidence="沪人社查〔2026〕3号",
            officer="浦0017",
            actor="clerk",
            at=now,
            districts=districts,
        )
    ]


def test_a_false_record() -> None:
    ledger = Ledger()

    shown, now = said(RECORD, ledger)

    assert shown == {"certificate": "sealed-1", "opened": [{"id": "7"}]}
    assert ledger.told == [
        Proof(
            certificate="sealed-1",
            document=Document(place="place"),
            reason="伪造",
            evidence="沪人社查〔2026〕3号",
            actor="clerk",
            at=now,
        )
    ]
