"""The schema composes beside a subgraph that has common types of its own."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from graphql import ObjectTypeDefinitionNode, parse

from resolvers.authorization.variants import SCOPES, Role, Variant
from resolvers.schema import schema
from tests.node import install

HERE = Path(__file__).parent
HR = (HERE / "composers/hr.graphql").read_text("utf-8")
RULES = {"authenticated", "requiresScopes", "policy"}
COMPOSERS = ["@apollo/composition", "@theguild/federation-composition"]

WHOLE = schema.as_str()
SUBGRAPH = schema.printed(Variant(is_subgraph=True))
OF_HR = schema.printed(Variant(scopes=SCOPES[Role.HR], is_subgraph=True))
HRS = schema.printed(Variant(scopes=SCOPES[Role.HR]))
RIGHT = {
    "the whole": (SUBGRAPH, HR),
    "the whole, beside a subgraph without node": (
        WHOLE,
        HR.replace("  node(id: ID!): Node\n", ""),
    ),
    **{
        role.value: (schema.printed(Variant(scopes=SCOPES[role], is_subgraph=True)), HR)
        for role in Role
    },
}
WRONG: dict[str, tuple[str, str, list[str | None]]] = {
    "a rule on an interface": (
        OF_HR.replace(
            "interface HolderAnswer {", "interface HolderAnswer @authenticated {"
        ).replace("import: [", 'import: ["@authenticated", '),
        HR,
        ["AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE"] * 2,
    ),
    "a version that one does not know": (
        OF_HR.replace("federation/v2.9", "federation/v2.11"),
        HR,
        [None, "UNKNOWN_FEDERATION_LINK_VERSION"],
    ),
    "a common name": (
        OF_HR.replace("AgencySource", "Source"),
        HR,
        ["SATISFIABILITY_ERROR"] * 2,
    ),
    "node of both": (HRS, HR, ["INVALID_FIELD_SHARING"] * 2),
}


def made_of(supergraphs: list[list[dict[str, str]]], folder: Path) -> Any:
    """Return what the composers make of lists of subgraphs."""
    script = install(HERE / "composers", "compose.mjs", folder)
    done = subprocess.run(
        ["node", str(script)],
        input=json.dumps(supergraphs),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module", name="composed")
def _composed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each composer makes of each case."""
    cases = {**RIGHT, **{name: case[:2] for name, case in WRONG.items()}}
    supergraphs = [
        [
            {"name": "certificates", "url": "http://one.example", "sdl": ours},
            {"name": "hr", "url": "http://two.example", "sdl": theirs},
        ]
        for ours, theirs in cases.values()
    ]
    made = made_of(supergraphs, tmp_path_factory.mktemp("composers"))
    return dict(zip(cases, made, strict=True))


@pytest.mark.parametrize("composer", COMPOSERS)
@pytest.mark.parametrize("name", RIGHT)
def test_it_composes(composed: dict[str, Any], name: str, composer: str) -> None:
    made = composed[name][composer]

    assert made["errors"] == []
    assert "type Employee" in made["supergraph"]


@pytest.mark.parametrize("place", [0, 1], ids=COMPOSERS)
@pytest.mark.parametrize("name", WRONG)
def test_what_was_in_the_way_is_refused(
    composed: dict[str, Any], name: str, place: int
) -> None:
    expected = WRONG[name][2][place]

    codes = {code for code, _ in composed[name][COMPOSERS[place]]["errors"]}

    assert codes == (set() if expected is None else {expected})


@pytest.mark.parametrize("composer", COMPOSERS)
@pytest.mark.parametrize("shared", ["Query", "PageInfo", "Person"])
def test_no_rule_of_ours_is_on_another_subgraph_s_fields(
    composed: dict[str, Any], composer: str, shared: str
) -> None:
    whole = "the whole, beside a subgraph without node"
    supergraph = parse(composed[whole][composer]["supergraph"])

    [type_] = [
        one
        for one in supergraph.definitions
        if isinstance(one, ObjectTypeDefinitionNode) and one.name.value == shared
    ]
    assert RULES.isdisjoint(one.name.value for one in type_.directives or ())
