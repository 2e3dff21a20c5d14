"""Two gateways with one database, an agency that sends to them, offices that ask."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.demo.demo import HOST
from policy.identity import Identity
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import (
    ONLY_SENDS,
    Sender,
    key_of,
    line,
    payload,
    record,
    write_collecting,
)
from tests.gateway.privacy.callers import entry
from tests.gateway.receipts.signing import private
from tests.gateway.status.sending import StateSender, compact, today
from tests.ports import free_port
from tests.running import Agencies, Gateway, gateway_by

PLATFORM, BUREAU, READER = "office-platform", "office-bureau", "office-reader"
SANCTIONER, SECOND_SANCTIONER = "office-sanctioner", "office-sanctioner-2"
ANOTHER_PLATFORM, UNSTATED = "office-another-platform", "office-unstated"
ANOTHER_BUREAU = "office-another-bureau"
"""Bearer tokens, named like their callers; the last states no purpose."""
PAYS = ("certificates:read", "identity:read", "payments:write")
PUDONG, XUHUI, NOWHERE = "office-pudong", "office-xuhui", "office-nowhere"
HUANGPU = "office-huangpu"
"""Callers of districts: by their entries, of none at all, and by a role."""
DISTRICT_AUDITOR = "office-district-auditor"
AUDIENCE = "https://gateway.example"
ISSUER, RECEIPT_KEY = "https://gateway.example", "receipt-key.pem"
TABLES = "\n".join(
    (
        entry(PLATFORM, *PAYS),
        entry(ANOTHER_PLATFORM, *PAYS),
        entry(UNSTATED, *PAYS, purpose=False),
        entry(BUREAU, "recoveries:write", "audit:read", "certificates:read"),
        entry(ANOTHER_BUREAU, "recoveries:write", "audit:read"),
        entry(READER, "certificates:read"),
        entry(SANCTIONER, "sanctions:write", purpose=False),
        entry(SECOND_SANCTIONER, "sanctions:write", purpose=False),
        entry(PUDONG, *PAYS, "recoveries:write"),
        'districts = ["310115"]',
        entry(XUHUI, *PAYS, "recoveries:write"),
        'districts = ["310104"]',
        entry(NOWHERE, *PAYS, "recoveries:write"),
        "districts = []",
        entry(HUANGPU, *PAYS, "recoveries:write"),
        'roles = ["reader"]',
        entry(DISTRICT_AUDITOR, *PAYS, "recoveries:write", "audit:read"),
        'districts = ["310104"]',
        '[role_districts]\nreader = ["310101"]',
        f'[agency_callers]\naudience = "{AUDIENCE}"\nscopes = ["recoveries:write"]',
        "[console]\nenabled = true",
    )
)
CLAIM = {
    "category": "EMPLOYED",
    "hukou": "SHANGHAI",
    "isCivilServant": False,
    "acquisition": "EXAMINATION",
}
HOLDER = """query($n: String!, $claim: ClaimInput!) { holder(idNumber: $n) {
  certificates { nodes { id level state standing
    provenance { verdict collectedAt sequence }
    eligibility(claim: $claim) { outcome amountYuan sharePercent
      findings { clause outcome } } } } } }"""
FACTS = f"""{{ claimedOn: "{today()}" hukou: SHANGHAI isCivilServant: false
  acquisition: EXAMINATION }}"""
DECIDE = f"""mutation($key: String!, $decision: DecisionInput!,
  $claim: ClaimInput = {FACTS}) {{
  recordDecision(key: $key, decision: $decision, claim: $claim) {{ __typename
    ... on DecisionRecorded {{ id evidence recordedAt outcome amountYuan }}
    ... on AlreadyPaid {{ barredBy: clause reason }}
    ... on DecisionRefused {{ code clause }}
    ... on CertificateNotVerified {{ source }} }} }}"""
PREVIEW = f"""query($decision: DecisionInput!, $claim: ClaimInput = {FACTS}) {{
  previewDecision(decision: $decision, claim: $claim) {{ __typename
    ... on DecisionPreview {{ amountYuan evidence judgement {{ verdict computedYuan
      figuresFrom figuresDigest findings {{ clause outcome }} }}
      objections {{ __typename
        ... on AlreadyPaid {{ barredBy: clause }}
        ... on DecisionRefused {{ code clause findings {{ clause reason }} }} }} }}
    ... on DecisionRefused {{ code }}
    ... on CertificateNotVerified {{ source }} }} }}"""
PAYMENT_STEP = """mutation($step: PaymentStepInput!) { takePaymentStep(step: $step) {
  __typename ... on ClaimPayment { version state amountYuan
    history { step day amountYuan officer } }
  ... on PaymentRefused { code payment { version state } } } }"""
PROPOSE = f"""mutation($correction: CorrectionInput!, $claim: ClaimInput = {FACTS}) {{
  proposeCorrection(correction: $correction, claim: $claim) {{ __typename
    ... on Correction {{ id claim replacement {{ district amountYuan }} }}
    ... on CorrectionRefused {{ code }}
    ... on DecisionRefused {{ refused: code }} }} }}"""
ANSWER = """mutation($answer: CorrectionAnswerInput!) {
  answerCorrection(answer: $answer) { __typename
    ... on Correction { id answered { answer replacedBy officer actor } }
    ... on CorrectionRefused { code } ... on DecisionRefused { refused: code clause }
    ... on AlreadyPaid { clause } ... on CertificateNotVerified { source } } }"""
RECOVERIES = """{ recoveries(first: 1000) { nodes { id version state cause source
  certificate claim amountYuan recoveredYuan authority { id } history { step } } } }"""
STEP = """mutation($step: RecoveryStepInput!) { takeRecoveryStep(step: $step) {
  __typename ... on Recovery { version state recoveredYuan }
  ... on RecoveryRefused { code recovery { id } } } }"""
DISTRICT, ITEM, LEVEL = "310115", "4-02-01-01", "LEVEL_4"
LEVELS = {"LEVEL_5": "5", "LEVEL_4": "4", "LEVEL_3": "3"}
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Offices:
    """Two gateways on one database, and who asks them."""

    gateways: tuple[Gateway, Gateway]
    agencies: Agencies
    records: "count[int]" = field(default_factory=lambda: count(1))
    """The agency's sequence numbers."""
    states: "count[int]" = field(default_factory=lambda: count(1))

    def post(
        self, place: int, token: str, query: str, **variables: object
    ) -> tuple[int, Any]:
        """Return status and body of an answer."""
        body = {"query": query, "variables": variables}
        status, answer, _ = self.gateways[place].post(body, token)
        return status, answer

    def ask(self, place: int, token: str, query: str, **variables: object) -> Any:
        """Return the data of an answer without errors."""
        status, answer = self.post(place, token, query, **variables)
        assert (status, answer.get("errors")) == (200, None), answer
        return answer["data"]

    def send(self, said: dict[str, object]) -> None:
        """Send a record to the first gateway."""
        key = key_of(self.agencies)
        sender = Sender(self.gateways[0], ONLY_SENDS, key)
        told = sender.send([line(next(self.records), record(key, said))])
        assert told.outcomes == ["ACCEPTED"], told

    def change(self, said: dict[str, object], status: str) -> list[str | None]:
        """Send a change of state to the first gateway; return what it was told."""
        key = key_of(self.agencies)
        sender = StateSender(self.gateways[0], ONLY_SENDS, key)
        told = sender.send_one(next(self.states), {**said, "status": status})
        assert told.outcomes == ["ACCEPTED"], told
        return told.codes

    def certificates(
        self, place: int, holder: Identity, **claim: object
    ) -> list[dict[str, Any]]:
        """Return somebody's certificates, judged for a claim of today."""
        stated = {**CLAIM, "claimedOn": today().isoformat(), **claim}
        found = self.ask(place, PLATFORM, HOLDER, n=holder.number, claim=stated)
        nodes: list[dict[str, Any]] = found["holder"]["certificates"]["nodes"]
        return nodes

    def certified(self, level: str = LEVEL) -> tuple[Identity, dict[str, object], str]:
        """Certify somebody new; return who, the record, and the certificate's id."""
        (holder,) = nobodies(1)
        said = sent(holder, level)
        self.send(said)
        (certificate,) = self.certificates(1, holder)
        return holder, said, certificate["id"]

    def decide(
        self,
        place: int,
        certificate: str,
        claim: str,
        *,
        key: str | None = None,
        token: str = PLATFORM,
        **more: object,
    ) -> dict[str, Any]:
        """Record that a claim was paid, unless ``more`` says otherwise."""
        decision = stated(certificate=certificate, claim=claim, **more)
        status, answer = self.post(
            *(place, token, DECIDE), key=key or f"key-{claim}", decision=decision
        )
        assert (status, answer.get("errors")) == (200, None), answer
        found: dict[str, Any] = answer["data"]["recordDecision"]
        return found

    def recovery(
        self, claim: str, place: int = 1, token: str = BUREAU
    ) -> dict[str, Any] | None:
        """Return the recovery of a claim, if ``token`` may see one."""
        nodes = self.ask(place, token, RECOVERIES)["recoveries"]["nodes"]
        return next((one for one in nodes if one["claim"] == claim), None)

    def pay_step(self, place: int, **step: object) -> dict[str, Any]:
        """Take a step of a payment."""
        usual = {"officer": "浦0017", "reason": "凭证 2026-88"}
        answer = self.ask(place, PLATFORM, PAYMENT_STEP, step={**usual, **step})
        found: dict[str, Any] = answer["takePaymentStep"]
        return found

    def propose(self, decision: str, **more: object) -> dict[str, Any]:
        """Propose a correction at the first gateway."""
        usual = {"officer": "浦0017", "reason": "录入有误", "decision": decision}
        answer = self.ask(0, PLATFORM, PROPOSE, correction={**usual, **more})
        found: dict[str, Any] = answer["proposeCorrection"]
        return found

    def answer(
        self, id_: str, token: str = ANOTHER_PLATFORM, place: int = 1, **more: object
    ) -> dict[str, Any]:
        """Answer a correction."""
        usual = {"officer": "浦0018", "reason": "已核对", "answer": "CONFIRM"}
        answer = self.ask(place, token, ANSWER, answer={**usual, "id": id_, **more})
        found: dict[str, Any] = answer["answerCorrection"]
        return found

    def step(self, token: str = BUREAU, **step: object) -> dict[str, Any]:
        """Take a step of a recovery."""
        found: dict[str, Any] = self.ask(
            *(0, token, STEP), step={"reason": "已核实", **step}
        )["takeRecoveryStep"]
        return found


def sent(holder: Identity, level: str = LEVEL) -> dict[str, object]:
    """Return a new certificate in its agency's words."""
    issued = compact(today() - timedelta(days=60))
    number = f"{issued[2:4]}09000000{LEVELS[level]}{next(_NUMBERS):05}"
    return payload(holder, number, issued, skillLevel=LEVELS[level])


def stated(**decision: object) -> dict[str, object]:
    """Return a decision that pays, unless ``decision`` says otherwise."""
    usual = {
        "outcome": "PAID",
        "district": DISTRICT,
        "category": "EMPLOYED",
        "amountYuan": 1600,
    }
    return {**usual, **decision}


def clauses(certificate: dict[str, Any]) -> dict[str, str]:
    """Return what each clause found."""
    findings = certificate["eligibility"]["findings"]
    return {finding["clause"]: finding["outcome"] for finding in findings}


@contextmanager
def open_offices(
    folder: Path, agencies: Agencies, database_url: str
) -> Iterator[Offices]:
    """Run two gateways before one agency that sends and two that are asked."""
    first, second = folder / "0", folder / "1"
    ports = free_port(HOST), free_port(HOST)
    config = write_collecting(first, agencies, database_url, ports[0], TABLES)
    for path in (first / "manifests").glob("*.toml"):
        # Of the transport agency's connectors the one that only sends is enough.
        if path.stem not in (ONLY_SENDS, "emergency-management", "fire-rescue"):
            path.unlink()
    second.mkdir()
    for name in (
        "certificate-id.key",
        "pseudonym.key",
        "evidence.key",
        "transparency.key",
        "transparency-ml-dsa.key",
        RECEIPT_KEY,
        "manifests",
    ):
        (second / name).symlink_to(first / name)
    (first / RECEIPT_KEY).write_bytes(private(Ed25519PrivateKey.generate()))
    text = f'receipt_key_file = "{RECEIPT_KEY}"\n{config.read_text("utf-8")}'
    text += f'\n[credentials]\nissuer = "{ISSUER}"\n'
    config.write_text(text, "utf-8")
    other = second / config.name
    other.write_text(text.replace(f"port = {ports[0]}", f"port = {ports[1]}"), "utf-8")
    with ExitStack() as stack:
        one = stack.enter_context(gateway_by(config, ports[0]))
        two = stack.enter_context(gateway_by(other, ports[1]))
        yield Offices((one, two), agencies)
