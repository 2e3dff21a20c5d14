"""Forms of text that the pages show are the ones that are written and read."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import compress

import pytest
from graphql import GraphQLSchema, extend_schema, parse, validate

from connectors.status.status_list import ListRules, read_status_list
from resolvers.schema import schema
from signing import base64url
from signing.envelope import Freshness, PayloadType
from signing.sign import sign
from signing.transparency.policies import PolicyFileError, read_policy
from signing.trust import read_trust_bundle
from tests.architecture.documents import ROOT, blocks
from tests.gateway.collection.sending import key_of
from tests.gateway.evidence.logs import signers_of_the_log
from tests.gateway.status.sending import today
from tests.pages.callers import ANYBODY
from tests.pages.story import APPROVED_CLAIM, PAID_CLAIM, Story
from tests.running import Agencies, Gateway


def only(page: str, start: str) -> str:
    """Return the text of a page that begins so."""
    (found,) = (
        one.text
        for one in blocks("text")
        if one.page == page and one.text.startswith(start)
    )
    return found


def test_a_policy_is_read_once_its_keys_are_whole() -> None:
    shown = only("docs/transparency.md", "log ")
    keys = iter(str(one.key) for one in signers_of_the_log()[1:])
    whole = re.sub(r"w\.\w+\.example/1\+\.\.\.", lambda _: next(keys), shown)

    policy = read_policy(whole.encode())

    assert [len(policy.logs), len(policy.witnesses)] == [1, 3]
    with pytest.raises(PolicyFileError):
        read_policy(shown.encode())


def supergraph(part: str) -> GraphQLSchema:
    """Return what a router shows of ours and of the page's subgraph together."""
    employee = part.partition("\n\n")[0]
    asked = "extend type Query { employee(number: String!): Employee }"
    return extend_schema(
        schema._schema, parse(re.sub(" @key[^{]*", " ", f"{employee}\n{asked}"))
    )


def test_the_pages_subgraph_is_asked_as_the_page_asks() -> None:
    page = "docs/supergraph.md"
    whole = supergraph(only(page, "type Employee"))
    query = only(page, "query Employee")

    assert validate(whole, parse(query)) == []
    assert validate(whole, parse(query.replace("standing", "standings"))) != []


def test_the_entities_of_the_pages_subgraph_have_our_keys() -> None:
    keys = re.compile(r"^type (\w+)[^{\n]* @key\(fields: \"([^\"]+)\"", re.MULTILINE)
    stated = dict(keys.findall(only("docs/supergraph.md", "type Employee")))
    ours = dict(keys.findall(schema.as_str()))

    assert stated.pop("Employee") == "id"
    assert stated == {name: ours[name] for name in ("Person", "Certificate")}


def reconciled(gateway: Gateway, rows: str) -> list[dict[str, Any]]:
    """Return the lines that a list is answered with."""
    day = today().isoformat()
    _, text = gateway.send(
        f"/reconciliation?from={day}&to={day}",
        f"申领编号,金额,证件号码\n{rows}".encode(),
        {"Content-Type": "text/csv", "Authorization": f"Bearer {ANYBODY}"},
    )
    return [json.loads(line) for line in text.splitlines()]


def test_a_list_is_answered_in_the_lines_that_are_shown(story: Story) -> None:
    shown = [
        json.loads(line) for line in only("docs/payments.md", '{"line"').splitlines()
    ]
    other = story.number("none")
    found = [
        *reconciled(story.gateway, f"{PAID_CLAIM},1000,\n"),
        *reconciled(story.gateway, f"{PAID_CLAIM},1600,{other}\n"),
    ]

    members = {one.get("result"): one.keys() for one in found}
    assert {one.get("result"): one.keys() for one in shown} == members
    assert shown[-1]["summary"].keys() == found[-1]["summary"].keys()
    assert shown[-1]["summary"]["results"].keys() == (
        found[-1]["summary"]["results"].keys()
    )
    assert {one["claim"] for one in found if one.get("result") == "MISSING_THERE"} == {
        APPROVED_CLAIM
    }


def classes() -> set[str]:
    """Return the classes of our packages."""
    packages = ("gateway", "resolvers", "connectors", "signing", "policy")
    return {
        found
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        for found in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }


@pytest.mark.parametrize("start", ["granian", "holder(idNumber)"])
def test_what_the_way_of_a_request_names_is_there(start: str) -> None:
    """Whatever is written like a class is one, or a type of the graph."""
    text = only("docs/architecture.md", start)
    named = set(re.findall(r"\b([A-Z][a-z]+(?:[A-Z][a-z]+)+|Guard|Admission)\b", text))

    assert named
    assert named - classes() - schema._schema.type_map.keys() - {"GraphiQL"} == set()


def test_a_status_list_is_read_once_its_list_is_whole(agencies: Agencies) -> None:
    header, payload = only("docs/agencies.md", '{"alg"').splitlines()
    key, now = key_of(agencies), datetime.now(UTC).replace(microsecond=0)
    claims = json.loads(payload)
    claims["iat"] = int(now.timestamp())
    states = bytes(claims["status_list"]["length"] * claims["status_list"]["bits"] // 8)
    claims["status_list"]["lst"] = base64url.encode(compress(states)).decode()
    signed = sign(
        json.dumps(claims).encode(), key, type=PayloadType.STATUS_LIST, signed_at=now
    )
    trust = (agencies.folder / "trust.toml").read_text("utf-8")

    found = read_status_list(
        signed,
        read_trust_bundle(trust),
        ListRules(
            institution="shanghai-transport-qualification-centre",
            url=claims["sub"],
            freshness=Freshness(max_age=timedelta(hours=1), skew=timedelta(minutes=1)),
        ),
        at=now,
        last=None,
    )

    assert json.loads(header)["typ"] == PayloadType.STATUS_LIST
    assert (found.bits, found.length, found.edition.sequence) == (2, 80000, 17)
