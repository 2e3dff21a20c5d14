"""Through routers of others a person is answered by their own rights, and on record.

The gateway is in production mode: what routers write is in no manifest. Each router
and the subgraph of HR are processes; they speak HTTP with the gateway and each other.
"""

import json
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from resolvers.authorization.variants import SCOPES, Role, Variant
from resolvers.schema import schema
from tests.gateway.callers.known import fresh_token, sha256
from tests.gateway.callers.minting import AUDIENCE, ES256, ISSUER, jwk, key_set
from tests.gateway.privacy.questions import RECORDS
from tests.node import install
from tests.running import Agencies, Gateway, running_gateway

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
HR = (HERE / "composers/hr.graphql").read_text("utf-8")
ROUTER = "the router's token, of many random letters"
PURPOSE = {"X-Purpose": "SUBSIDY_CLAIM", "X-Case-Number": "17-2026-1"}
SETTINGS = f'router_tokens = ["{sha256(ROUTER.encode())}"]\n'
TABLES = f"""
[[issuers]]
name = "bureau"
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
algorithms = ["ES256"]
jwks_file = "jwks.json"
scopes = ["certificates:read", "identity:read", "audit:read"]
subjects_are_callers = true

[privacy.people_a_day_of]
"bureau:frugal" = 1
"""
STORY = """query Story($number: String!) { employee(number: $number) { name
  certificates { id itemCode standing }
  person { idNumber employedAt holder { __typename sources { agency outcome }
    ... on Holder { id certificates { totalCount nodes { holderName level
      eligibility { outcome } } pageInfo { hasNextPage } } } } } } }"""
IDS = """query HolderCheck($n: String!) { holder(idNumber: $n) {
  certificates { nodes { id } } } }"""


@dataclass(frozen=True, slots=True)
class Supergraph:
    """A gateway, and a router before it and the subgraph of HR."""

    gateway: Gateway
    address: str
    person: Mapping[str, Any]

    def ask(self, number: str, token: str, **headers: str) -> Any:
        """Ask the router the story's question."""
        body = json.dumps({"query": STORY, "variables": {"number": number}})
        request = urllib.request.Request(
            self.address,
            body.encode(),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {token}",
                **PURPOSE,
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def records(self, request_id: str) -> list[dict[str, Any]]:
        """Return what is on the audit log of a request."""
        token = fresh_token(sub="auditor", scope="audit:read")
        body = {
            "query": RECORDS,
            "variables": {"filter": {"requestId": request_id}},
        }
        headers = {"X-Router-Token": ROUTER}
        _, answer, _ = self.gateway.post(body, token=token, headers=headers)
        nodes: list[dict[str, Any]] = answer["data"]["auditRecords"]["nodes"]
        return nodes


@contextmanager
def program(script: Path, name: str, settings: object) -> Iterator[str]:
    """Run one of the scripts' programs; give its address."""
    file = script.with_name(f"{name}.json")
    file.write_text(json.dumps(settings), "utf-8")
    with subprocess.Popen(
        ["node", str(script), name, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            # Beside that they say things of their own.
            line = next(one for one in process.stdout if one.startswith("listening"))
            yield f"http://127.0.0.1:{int(line.split()[-1])}/graphql"
        finally:
            process.terminate()


@pytest.fixture(scope="module", name="script")
def _script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("routers")
    (folder / "hr.graphql").write_text(HR, "utf-8")
    return install(HERE / "routers", "routers.mjs", folder)


@pytest.fixture(scope="module", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-supergraph")
    (folder / "jwks.json").write_bytes(key_set(jwk("es256-1", ES256)))
    with running_gateway(
        folder, running_agencies, settings=SETTINGS, tables=TABLES, mode="production"
    ) as gateway:
        yield gateway


@pytest.fixture(scope="module", name="supergraph", params=["apollo", "hive"])
def _supergraph(
    request: pytest.FixtureRequest,
    gateway: Gateway,
    script: Path,
    running_agencies: Agencies,
) -> Iterator[Supergraph]:
    person = running_agencies.person("all-three")
    token = fresh_token(scope="certificates:read identity:read")
    _, answer, _ = gateway.post(
        {"query": IDS, "variables": {"n": person["idNumber"]}},
        token=token,
        headers={**PURPOSE, "X-Router-Token": ROUTER},
    )
    nodes = answer["data"]["holder"]["certificates"]["nodes"]
    employees: dict[str, dict[str, object]] = {
        number: {
            "id": f"E-{number}",
            "name": "hers",
            "person": {
                "idType": "RESIDENT_ID",
                "idNumber": id_number,
                "employedAt": "Shanghai Metro",
            },
            "certificates": certificates,
        }
        for number, id_number, certificates in (
            ("1", person["idNumber"], nodes),
            ("2", running_agencies.person("none")["idNumber"], []),
        )
    }
    ours = schema.printed(Variant(scopes=SCOPES[Role.HR], is_subgraph=True))
    with program(script, "hr", {"employees": employees}) as hr:
        subgraphs = [
            {"name": "certificates", "url": f"{gateway.url}/graphql", "sdl": ours},
            {"name": "hr", "url": hr, "sdl": HR},
        ]
        settings = {"subgraphs": subgraphs, "routerToken": ROUTER}
        with program(script, request.param, settings) as address:
            yield Supergraph(gateway, address, person)


def test_a_person_s_certificates_come_through_the_router(
    supergraph: Supergraph,
) -> None:
    token = fresh_token(scope="certificates:read identity:read")

    answer = supergraph.ask("1", token)

    assert answer.get("errors") is None
    employee = answer["data"]["employee"]
    holder = employee["person"]["holder"]
    assert holder["__typename"] == "Holder"
    assert {row["outcome"] for row in holder["sources"]} == {"ANSWERED"}
    assert holder["certificates"]["totalCount"] == 3
    nodes = holder["certificates"]["nodes"]
    assert {node["holderName"] for node in nodes} == {supergraph.person["name"]}
    assert all(node["eligibility"]["outcome"] for node in nodes)
    assert [one["standing"] for one in employee["certificates"]] == ["VALID"] * 3
    assert employee["person"]["employedAt"] == "Shanghai Metro"


def test_the_audit_log_has_the_person_who_asked(supergraph: Supergraph) -> None:
    name = f"story-{supergraph.address.rpartition(':')[2].partition('/')[0]}"
    for sub in ("officer-7", "officer-8"):
        token = fresh_token(sub=sub, scope="certificates:read")
        supergraph.ask("1", token, X_Request_Id=f"{name}-{sub}")

    by_sub = {
        sub: {
            (record["caller"], record["purpose"], record["caseNumber"])
            for record in supergraph.records(f"{name}-{sub}")
        }
        for sub in ("officer-7", "officer-8")
    }

    (one,), (other,) = by_sub.values()
    assert one[0].startswith("bureau:hr-platform#")
    assert one[0] != other[0]
    assert one[1:] == other[1:] == ("SUBSIDY_CLAIM", "17-2026-1")


def test_what_a_person_may_not_see_is_masked(supergraph: Supergraph) -> None:
    answer = supergraph.ask("1", fresh_token(scope="certificates:read"))

    nodes = answer["data"]["employee"]["person"]["holder"]["certificates"]["nodes"]
    first = supergraph.person["name"][0]
    assert {node["holderName"][:2] for node in nodes} == {f"{first}*"}


def test_a_person_without_the_scope_is_refused(supergraph: Supergraph) -> None:
    answer = supergraph.ask("1", fresh_token(scope=""))

    assert answer["data"]["employee"]["person"]["holder"] is None
    assert "FORBIDDEN" in json.dumps(answer["errors"])


def test_a_token_that_is_none_gets_nothing_of_us(supergraph: Supergraph) -> None:
    answer = supergraph.ask("1", "nobody's")

    assert answer["data"]["employee"]["person"]["holder"] is None
    assert answer["data"]["employee"]["name"] == "hers"


def test_the_budget_is_the_person_s_and_not_the_router_s(
    supergraph: Supergraph,
) -> None:
    def asked(sub: str, number: str) -> str:
        token = fresh_token(client_id="frugal", sub=sub, scope="certificates:read")
        return json.dumps(supergraph.ask(number, token).get("errors"))

    assert (asked("one", "1"), asked("other", "2")) == ("null", "null")
    assert "PEOPLE_BUDGET_EXCEEDED" in asked("one", "2")
