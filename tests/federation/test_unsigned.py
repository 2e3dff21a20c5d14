"""What nobody signed is shown to whoever may see it, and decides and pays nothing.

A gateway before a licence store and the agency whose records it has. While the agency
itself is silent nobody signs; when it answers, or when what it signed was sent, that
counts instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from gateway.demo.demo import ELEMENTS, HOST, write_configuration
from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState
from policy.identity import parse_identity
from policy.level import Level
from sandbox.agency import AgencyId
from sandbox.licence_rows import gbt_36903
from tests.contracts.licence_stores import PASSWORD, STORE, USUAL
from tests.federation.claims import claim_of
from tests.federation.offices import DECIDE, PREVIEW, stated
from tests.federation.queries import CLAUSES, EMERGENCY
from tests.gateway.collection.sending import Sender, key_of, line, record
from tests.gateway.privacy.callers import entry
from tests.personal_data import LISTENER
from tests.ports import free_port
from tests.running import TOKEN, Agencies, Gateway, gateway_by
from tests.sandbox.process import address_of, started

READ, IDENTITY, UNSIGNED = "certificates:read", "identity:read", "unsigned:read"
PAYER, READER, MASKED = "unsigned-payer", "unsigned-reader", "unsigned-masked"
"""Bearer tokens: who may see all and pay, who may not see what nobody signed, and who
may, but no identities."""
NODES = """ certificates { totalCount nodes { id itemCode level number holderName
  issuedOn state standing licenceId
  provenance { verdict keyId algorithm signedAt digest steps supersedes { digest }
    collectedAt checks { check result code } }
  eligibility { outcome findings { clause outcome reason(language: EN)
    chinese: reason } }
  claimed: eligibility(claim: {category: EMPLOYED hukou: SHANGHAI
    isCivilServant: false acquisition: EXAMINATION}) { outcome amountYuan } } }"""
HOLDER = f"""query($n: String!, $code: String = "1.2", $level: Level = UNGRADED) {{
  holder(idNumber: $n) {{ {NODES}
    sources {{ agency outcome reason(language: EN) refusals {{ code }} }}
    ... on Holder {{ eligibility(itemCode: $code, level: $level) {{ outcome
      findings {{ clause outcome reason(language: EN) }} }} }} }} }}"""
VERIFY = """query($c: [StatedCertificateInput!]!) { verifyClaims(claims: $c) {
  ... on CheckedClaims { nodes {
    ... on ClaimCheck { outcome certificateId } } } } }"""
AGAIN = """query($id: ID!) { certificate(id: $id) { __typename
  ... on Certificate { id provenance { verdict } licenceFiles { kind reference } }
  ... on AgencyUnavailable { reason(language: EN) source { outcome } } } }"""


@dataclass(frozen=True, slots=True)
class Asking:
    """A gateway whose emergency agency may be silenced, and a store beside it."""

    gateway: Gateway
    agencies: Agencies

    def ask(self, token: str, query: str, **variables: object) -> Any:
        """Return the ``data`` of an answer without errors."""
        body = {"query": query, "variables": variables}
        status, answer, _ = self.gateway.post(body, token)
        assert (status, answer.get("errors")) == (200, None), answer
        return answer["data"]

    def holder(self, token: str, number: str, **more: object) -> Any:
        return self.ask(token, HOLDER, n=number, **more)["holder"]

    def number(self, story: str = "all-three") -> str:
        return str(self.agencies.person(story)["idNumber"])

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Let the agency that signs answer nothing."""
        # Refusing is an answer, so it is asked again the next time.
        with self.agencies.fault(EMERGENCY, "refused-403"):
            yield


@pytest.fixture(scope="module", name="town")
def _town(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asking]:
    folder = tmp_path_factory.mktemp("unsigned")
    port = free_port(HOST)
    config = write_configuration(
        folder,
        trust_folder=running_agencies.folder,
        port=port,
        agencies=running_agencies.urls,
        token=TOKEN,
        id_number="",
    )
    secret = folder / "store.secret"
    secret.write_text(PASSWORD, "utf-8")
    tables = "\n".join(
        f"{entry(caller, *scopes)}\n{ELEMENTS}"
        for caller, scopes in (
            (PAYER, (READ, IDENTITY, UNSIGNED, "payments:write")),
            (READER, (READ, IDENTITY)),
            (MASKED, (READ, UNSIGNED)),
        )
    )
    text = config.read_text("utf-8")
    config.write_text(
        f'{text}\n{tables}\n[secrets.{STORE}]\nfile = "{secret}"\n'
        f'connectors = ["{STORE}"]\n',
        "utf-8",
    )
    with started(
        *("licence-store", "--dir", running_agencies.folder, "--port", "0"),
        *("--password", PASSWORD),
    ) as store:
        manifests = folder / "manifests"
        own = USUAL.replace("http://127.0.0.1:9105", address_of(store))
        (manifests / f"{STORE}.toml").write_text(own, "utf-8")
        rest = manifests / f"{EMERGENCY}.toml"
        rest.write_text(
            rest.read_text("utf-8").replace("ttl_seconds = 10", "ttl_seconds = 0"),
            "utf-8",
        )
        LISTENER.meet(running_agencies.people)
        with gateway_by(config, port) as gateway:
            yield Asking(gateway, running_agencies)


def of_store(holder: Any) -> Any:
    """Return the store's row among the sources."""
    return next(one for one in holder["sources"] if one["agency"] == STORE)


def unsigned(holder: Any) -> list[Any]:
    nodes = holder["certificates"]["nodes"]
    return [one for one in nodes if one["provenance"]["verdict"] == "UNSIGNED"]


def test_a_row_that_nobody_signed_is_shown_as_that_and_never_eligible(
    town: Asking, agencies: Agencies
) -> None:
    assert agencies is town.agencies
    with town.silence():
        holder = town.holder(PAYER, town.number())

    (node,) = unsigned(holder)
    provenance = node["provenance"]
    assert {
        name: provenance[name]
        for name in ("keyId", "algorithm", "signedAt", "digest", "collectedAt")
    } == dict.fromkeys(("keyId", "algorithm", "signedAt", "digest", "collectedAt"))
    assert node["standing"] == "UNKNOWN"
    assert provenance["steps"] == provenance["supersedes"] == []
    first, *others = provenance["checks"]
    assert (first["check"], first["result"], first["code"]) == (
        "INTEGRITY",
        "UNKNOWN",
        "NO_SIGNATURE",
    )
    assert {one["result"] for one in others} == {"SKIPPED"}
    verdict = node["eligibility"]
    assert verdict["outcome"] == "UNDETERMINED"
    assert [one["clause"] for one in verdict["findings"]] == CLAUSES
    assert {one["outcome"] for one in verdict["findings"]} == {"UNDETERMINED"}
    for finding in verdict["findings"]:
        assert "signed by nobody" in finding["reason"]
        assert "无人签名" in finding["chinese"]
    assert node["claimed"] == {"outcome": "UNDETERMINED", "amountYuan": None}
    row = of_store(holder)
    assert (row["outcome"], row["refusals"]) == ("UNSIGNED", [])
    assert "UNSIGNED" in row["reason"]


def test_who_has_no_scope_is_told_that_something_was_left_out(
    town: Asking, agencies: Agencies
) -> None:
    assert agencies is town.agencies
    with town.silence():
        holder = town.holder(READER, town.number())
        seen = town.holder(PAYER, town.number())
        found = town.ask(READER, AGAIN, id=unsigned(seen)[0]["id"])["certificate"]

    assert unsigned(holder) == []
    row = of_store(holder)
    assert row["outcome"] == "UNSIGNED"
    assert "without unsigned:read" in row["reason"]
    assert found["__typename"] == "AgencyUnavailable"
    assert found["source"]["outcome"] == "UNSIGNED"


def test_an_item_is_undetermined_where_nobody_signed(
    town: Asking, agencies: Agencies
) -> None:
    assert agencies is town.agencies
    with town.silence():
        verdict = town.holder(PAYER, town.number())["eligibility"]

    assert verdict["outcome"] == "UNDETERMINED"


def test_it_is_found_again_by_its_id_with_its_files(
    town: Asking, agencies: Agencies
) -> None:
    assert agencies is town.agencies
    with town.silence():
        (node,) = unsigned(town.holder(PAYER, town.number()))
        again = town.ask(PAYER, AGAIN, id=node["id"])["certificate"]

    assert again["id"] == node["id"]
    assert again["provenance"] == {"verdict": "UNSIGNED"}
    assert [one["kind"] for one in again["licenceFiles"]] == ["LICENCE", "THUMBNAIL"]


def test_who_may_see_no_identities_sees_none_in_it(
    town: Asking, agencies: Agencies
) -> None:
    number = town.number()
    assert agencies is town.agencies
    with town.silence():
        (node,) = unsigned(town.holder(MASKED, number))

    assert "*" in node["number"]
    assert number not in str(node)


def test_nothing_is_paid_on_it_and_nothing_is_previewed(
    town: Asking, agencies: Agencies
) -> None:
    assert agencies is town.agencies
    with town.silence():
        (node,) = unsigned(town.holder(PAYER, town.number()))
        decision = stated(
            claim="unsigned-1",
            certificate=node["id"],
            # Whatever an officer saw and rules, unless the figures let them.
            seen={"itemCode": node["itemCode"], "level": node["level"]},
            rulings=[{"clauses": CLAUSES, "reason": "已核对原件", "officer": "0017"}],
        )
        paid = town.ask(PAYER, DECIDE, key="unsigned-1", decision=decision)
        weighed = town.ask(PAYER, PREVIEW, decision=decision)

    refused = {"__typename": "CertificateNotVerified", "source": "UNSIGNED"}
    assert paid["recordDecision"] == weighed["previewDecision"] == refused


def test_a_claim_that_states_it_is_neither_right_nor_wrong(
    town: Asking, agencies: Agencies
) -> None:
    number = town.number()
    assert agencies is town.agencies
    with town.silence():
        (node,) = unsigned(town.holder(PAYER, number))
        answer = town.ask(PAYER, VERIFY, c=[claim_of(number, node)])

    (checked,) = answer["verifyClaims"]["nodes"]
    assert checked == {"outcome": "UNKNOWN", "certificateId": None}


def test_what_another_agency_signed_is_shown_once_and_alone(
    town: Asking, agencies: Agencies
) -> None:
    holder = town.holder(PAYER, town.number())

    assert agencies is town.agencies
    assert unsigned(holder) == []
    (of_item,) = [
        one for one in holder["certificates"]["nodes"] if one["level"] == "UNGRADED"
    ]
    assert of_item["provenance"]["verdict"] == "VERIFIED"
    assert of_item["eligibility"]["outcome"] == "ELIGIBLE"
    assert "shown instead" in of_store(holder)["reason"]


def test_what_the_agency_sends_signed_makes_it_whole_and_can_be_paid(
    town: Asking, agencies: Agencies
) -> None:
    assert agencies is town.agencies
    number = town.number("whole-annex")
    with town.silence():
        before = town.holder(PAYER, number)
        row = unsigned(before)[0]
        sender = Sender(
            town.gateway, STORE, key_of(agencies, AgencyId.EMERGENCY_MANAGEMENT)
        )
        item = load_catalogue().items[row["itemCode"]]
        issued = date.fromisoformat(row["issuedOn"])
        said = gbt_36903(
            CertificateRecord(
                number=row["number"],
                holder=parse_identity(number),
                holder_name=row["holderName"],
                title=item.title.zh,
                category=None,
                item=item.name.zh,
                item_code=item.code,
                level=Level.UNGRADED,
                first_issued_on=issued,
                issued_on=issued,
                valid_from=issued,
                valid_until=issued.replace(year=issued.year + 6),
                review_due_on=issued.replace(year=issued.year + 3),
                state=CertificateState.VALID,
                authority=item.authority.name.zh,
                evaluation_body=item.evaluation_body.name.zh,
                collection_body=item.collection_body.name.zh,
                licence_id=row["licenceId"],
            )
        )
        told = sender.send([line(1, record(sender.key, said))])
        after = town.holder(PAYER, number)
        nodes = {one["id"]: one for one in after["certificates"]["nodes"]}
        decision = stated(claim="whole-1", certificate=row["id"], amountYuan=800)
        paid = town.ask(PAYER, DECIDE, key="whole-1", decision=decision)

    assert told.outcomes == ["ACCEPTED"], told.lines
    assert len(nodes) == len(before["certificates"]["nodes"])
    whole = nodes[row["id"]]
    assert whole["provenance"]["verdict"] == "VERIFIED"
    assert whole["provenance"]["collectedAt"] is not None
    assert whole["eligibility"]["outcome"] == "ELIGIBLE"
    assert len(unsigned(after)) == len(unsigned(before)) - 1
    assert paid["recordDecision"]["__typename"] == "DecisionRecorded", paid
