"""The documents of the pages, asked one after the other as an office would.

What one says is what the next one needs: a decision is recorded before it is corrected,
and a record proved false before money is claimed back. Variables are those that the
page states below the document, with an id, a day or a number of this run.
"""

import json
import re
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import OperationType

from tests.architecture.documents import Block
from tests.gateway.status.sending import today
from tests.pages.asked import ASKED, name_of, operation_of, stated_below
from tests.pages.callers import ANOTHER, ANYBODY, UNSTATED
from tests.running import Agencies, Gateway, eventually

EVENTS = "text/event-stream"
CERTIFICATES = """query($n: String!) { holder(idNumber: $n) {
  certificates { nodes { id licenceId } } } }"""
ELLIPSIS = re.compile(r"^Wqeb6U5pk5LAfD5B\.\.\.$")
"""The id of a certificate, as the pages write one."""


@dataclass(slots=True)
class Story:
    """Who asks what, with what was said so far."""

    gateway: Gateway
    agencies: Agencies
    said: dict[str, Any] = field(default_factory=dict)
    """The data of each answer, by the name of its document."""
    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    """The first certificate of each person that was looked up."""
    stated: Mapping[str, Any] = field(default_factory=dict)
    """The variables that the page states below the document that is asked."""
    before: Mapping[str, str] = field(default_factory=dict)
    """The cursors of the time before anything was asked."""
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    """Status and body of each answer, by where its document stands."""

    def certificate(self, person: str) -> str:
        """Return the id of somebody's first certificate."""
        return self._node(person)["id"]

    def licence(self, person: str) -> str:
        """Return its electronic licence id."""
        return self._node(person)["licenceId"]

    @property
    def decision(self) -> str:
        """The decision that was recorded first."""
        found: str = self.said["RecordDecision"]["recordDecision"]["id"]
        return found

    @property
    def evidence(self) -> str:
        """The digest of what it rests on."""
        found: str = self.said["RecordDecision"]["recordDecision"]["evidence"]
        return found

    @property
    def opened(self) -> str:
        """The recovery that a proof opened."""
        proved = self.said["ProveRecordFalse"]["proveRecordFalse"]
        found: str = proved["opened"][0]["id"]
        return found

    def _node(self, person: str) -> dict[str, str]:
        if person not in self.nodes:
            variables = {"n": self.number(person)}
            _, body, _ = self.gateway.post(
                {"query": CERTIFICATES, "variables": variables}, ANYBODY
            )
            self.nodes[person] = body["data"]["holder"]["certificates"]["nodes"][0]
        return self.nodes[person]

    def number(self, person: str) -> str:
        """Return somebody's number."""
        found: str = self.agencies.person(person)["idNumber"]
        return found

    def filled(self, value: Any) -> Any:
        """Return variables with a certificate and the day of this run."""
        match value:
            case dict():
                return {name: self.filled(one) for name, one in value.items()}
            case list():
                return [self.filled(one) for one in value]
            case str() if ELLIPSIS.match(value):
                return self.certificate(PAID)
            case str() if re.fullmatch(r"2026-\d\d-\d\d", value):
                return today().isoformat()
        return value

    def ask(self, block: Block, **more: Any) -> Any:
        """Ask a document of a page; return status and body, or the first event."""
        name = name_of(block)
        self.stated = self.filled(stated_below(block))
        known = VARIABLES[name](self) if name in VARIABLES else {}
        variables = {**self.stated, **known, **more}
        body = {"query": block.text, "variables": variables}
        if operation_of(block).operation is OperationType.SUBSCRIPTION:
            return self._followed(body)
        status, answer, _ = self.gateway.post(
            body, TOKENS.get(name, ANYBODY), HEADERS.get(name)
        )
        self.said.setdefault(name, answer.get("data"))
        return status, answer

    def is_pending(self, block: Block) -> bool:
        """Say whether what it asks for is not in the signed log yet."""
        return "PENDING" in str(self.ask(block))

    def _followed(self, body: object) -> tuple[int, Any]:
        """Return the status, and the first event if there was one before."""
        request = urllib.request.Request(
            f"{self.gateway.url}/graphql",
            json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {ANYBODY}",
                "Content-Type": "application/json",
                "Accept": EVENTS,
            },
        )
        with urllib.request.urlopen(request, timeout=15) as stream:
            assert stream.headers["Content-Type"].startswith(EVENTS)
            if "certificateStateChanged" in str(body):
                # Nothing was sent here; that it is followed is what there is to see.
                return stream.status, {}
            for line in stream:
                if line.startswith(b"data: "):
                    return stream.status, json.loads(line[6:])
        raise AssertionError("the stream ended without an event")


PAID, APPROVED = "examined", "whole-annex"
"""Whose certificates are paid for and approved: 低压电工作业, both of them."""
PAID_CLAIM, APPROVED_CLAIM = "沪浦补〔2026〕17号", "沪浦补〔2026〕18号"
PUDONG, XUHUI = "310115", "310104"
TOKENS = {"AnswerCorrection": ANOTHER, "Wallet": UNSTATED}
"""Who asks, where it has to be another person, or for another purpose."""
HEADERS = {"Wallet": {"X-Purpose": "HOLDER_REQUEST", "X-Case-Number": "17-2026-1"}}


def claim() -> dict[str, object]:
    """Return what is stated of a claim of today."""
    return {
        "claimedOn": today().isoformat(),
        "hukou": "SHANGHAI",
        "isCivilServant": False,
        "acquisition": "EXAMINATION",
        "category": "UNEMPLOYED",
    }


def approved(story: "Story") -> dict[str, Any]:
    """Return a decision that approves a claim."""
    return {
        "claim": APPROVED_CLAIM,
        "certificate": story.certificate(APPROVED),
        "outcome": "APPROVED",
        "district": PUDONG,
        "amountYuan": 1000,
        "category": "UNEMPLOYED",
    }


def step(story: "Story", **more: object) -> dict[str, Any]:
    """Return a step of the page, of what is there in this run."""
    return {"step": {**story.stated["step"], **more}}


def correction(story: "Story") -> dict[str, Any]:
    """Return the page's correction, of the decision of this run."""
    of_page: dict[str, Any] = story.stated["correction"]
    return {"correction": {**of_page, "decision": story.decision}}


def answer(story: "Story") -> dict[str, Any]:
    """Return the page's answer, to the correction of this run."""
    of_page: dict[str, Any] = story.stated["answer"]
    id_ = story.said["ProposeCorrection"]["proposeCorrection"]["id"]
    return {"answer": {**of_page, "id": id_}}


VARIABLES: Mapping[str, Callable[["Story"], dict[str, Any]]] = {
    "HolderCheck": lambda s: {"idNumber": s.number("renewed-2019")},
    "Subsidy": lambda s: {"idNumber": s.number(PAID)},
    "Shown": lambda s: {"idNumber": s.number(APPROVED), "claim": claim()},
    "Batch": lambda s: {
        "people": [{"idNumber": s.number(one)} for one in (PAID, "none")]
    },
    "Page": lambda s: {"idNumber": s.number(APPROVED)},
    "Again": lambda s: {"id": s.certificate(PAID)},
    "Node": lambda s: {"id": s.certificate(PAID)},
    "ByLicence": lambda s: {"licenceId": s.licence(PAID)},
    "PreviewDecision": lambda s: {"decision": approved(s), "claim": claim()},
    "PaymentStep": lambda s: step(s, claim=APPROVED_CLAIM),
    "ProposeCorrection": correction,
    "AnswerCorrection": answer,
    "MoveClaim": lambda _: {
        "claim": APPROVED_CLAIM,
        "from": PUDONG,
        "to": XUHUI,
        "reason": "户籍迁移",
    },
    "OneDecision": lambda _: {"claim": PAID_CLAIM},
    "ProveRecordFalse": lambda s: {
        "certificate": s.certificate(PAID),
        "reason": "伪造",
        "evidence": "案2026-1",
    },
    "RecoveryStep": lambda s: step(s, id=s.opened),
    "WithdrawFalseRecord": lambda s: {
        "certificate": s.certificate(PAID),
        "officer": "浦0017",
        "reason": "查证有误",
    },
    "ProveClaimFalse": lambda _: {
        "claim": PAID_CLAIM,
        "part": "HUKOU",
        "officer": "浦0017",
        "reason": "户籍不符",
        "evidence": "案2026-2",
    },
    "Decided": lambda s: {"after": s.before["decisions"]},
    "Recovered": lambda s: {"after": s.before["recoveries"]},
    "Totals": lambda _: {"from": f"{today():%Y-%m-01}", "to": today().isoformat()},
    "Proof": lambda s: {"decision": s.decision},
    "Wallet": lambda s: {"certificate": s.certificate(APPROVED), "form": "OPEN_BADGE"},
}
ANSWERED = {
    "VerifyClaims": "verifyClaims.nodes.ClaimCheck",
    "Subsidy": "holder.Holder",
    "Batch": "holders.nodes.Holder",
    "Again": "certificate.Certificate",
    "Node": "node.Certificate",
    "ByLicence": "certificateByLicenceId.UnknownLicence",
    "RecordDecision": "recordDecision.DecisionRecorded",
    "PreviewDecision": "previewDecision.DecisionPreview",
    "PaymentStep": "takePaymentStep.ClaimPayment",
    "ProposeCorrection": "proposeCorrection.Correction",
    "AnswerCorrection": "answerCorrection.Correction",
    "MoveClaim": "moveClaim.ClaimDistrict",
    "RecoveryStep": "takeRecoveryStep.Recovery",
    "ProveRecordFalse": "proveRecordFalse.FalseRecordProved",
    "WithdrawFalseRecord": "withdrawFalseRecord.FalseRecordWithdrawal",
    "ProveClaimFalse": "proveClaimFalse.FalseClaimProved",
    "Proof": "evidence.EvidenceBundle",
    "Wallet": "issueCredential.Credential",
}
"""What a document is answered with, by its name, where it asks for ``__typename``.

It is the answer that the page is about, none of the refusals beside it."""
LATER = {
    "Proof": 1,
    "Recovered": 1,
    **dict.fromkeys(("Recoveries", "RecoveryStep"), 2),
    "WithdrawFalseRecord": 3,
}
"""What is asked after the rest, wherever it stands: a decision is proved once it was
recorded, and a recovery is there once a record was proved false."""


def told(gateway: Gateway, agencies: Agencies) -> Story:
    """Ask all documents, page by page."""
    story = Story(gateway, agencies)
    _, body, _ = gateway.post(
        {"query": "{ eventCursors { decisions recoveries } }"}, ANYBODY
    )
    story.before = body["data"]["eventCursors"]
    for block in sorted(ASKED, key=lambda one: LATER.get(name_of(one), 0)):
        name = name_of(block)
        if name == "Proof":
            # What it proves by is in the signed log a moment later.
            eventually(lambda: not story.is_pending(block))  # noqa: B023 - asked at once
        story.answers[str(block)] = story.ask(block)
        if name == "RecordDecision":
            approval = {"key": "approval", "decision": approved(story)}
            story.ask(block, claim=claim(), **approval)
    return story
