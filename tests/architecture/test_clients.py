"""The clients that we hand out fit the schema, without the programs that make them.

``tests/third_party/test_clients.py`` makes them anew, which takes minutes; here is
compared what a change of the schema or of a document would leave behind in them.
"""

import ast
import json
import re
import tomllib
from collections.abc import Mapping

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    parse,
    print_ast,
    validate,
)

from resolvers.schema import schema
from tests.architecture.documents import ROOT

CLIENTS = ROOT / "clients"
PYTHON = CLIENTS / "python"
TYPESCRIPT = CLIENTS / "typescript"
MADE_PYTHON = PYTHON / "certificate_gateway_client" / "generated"
MADE_TYPESCRIPT = TYPESCRIPT / "src" / "generated" / "graphql.ts"
DOCUMENTS = {
    "python": (MADE_PYTHON / "client.py", re.compile(r'gql\("""([\s\S]+?)"""\)')),
    "typescript": (
        MADE_TYPESCRIPT,
        re.compile(r"new TypedDocumentString\(`([\s\S]+?)`\)"),
    ),
}


def operations() -> set[str]:
    """Return what the clients are made from, printed alike."""
    texts = [path.read_text("utf-8") for path in (CLIENTS / "operations").iterdir()]
    return {print_ast(one) for text in texts for one in parse(text).definitions}


def classes(name: str) -> Mapping[str, ast.ClassDef]:
    tree = ast.parse((MADE_PYTHON / name).read_text("utf-8"))
    return {one.name: one for one in tree.body if isinstance(one, ast.ClassDef)}


def python_enums() -> dict[str, list[str]]:
    return {
        name: [
            str(line.value.value)
            for line in one.body
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
        ]
        for name, one in classes("enums.py").items()
    }


def typescript_enums() -> dict[str, list[str]]:
    types = re.findall(
        r"^export type (\w+) =\n((?:  [/| ].*\n?)+)",
        MADE_TYPESCRIPT.read_text("utf-8"),
        re.MULTILINE,
    )
    return {
        name: re.findall(r"^  \| '(\w+)'", text, re.MULTILINE) for name, text in types
    }


def python_inputs() -> dict[str, set[str]]:
    found = {}
    for name, one in classes("input_types.py").items():
        fields = [line for line in one.body if isinstance(line, ast.AnnAssign)]
        found[name] = {_spelt(field) for field in fields}
    return found


def _spelt(field: ast.AnnAssign) -> str:
    """Return a field as the schema spells it: by its alias, if it has one."""
    aliases = [
        keyword.value.value
        for call in ast.walk(field)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "alias" and isinstance(keyword.value, ast.Constant)
    ]
    assert isinstance(field.target, ast.Name)
    return str(aliases[0]) if aliases else field.target.id


def test_the_documents_fit_the_schema() -> None:
    for text in operations():
        assert validate(schema.core, parse(text)) == []


@pytest.mark.parametrize("language", DOCUMENTS)
def test_a_client_sends_the_documents_that_operators_are_given(language: str) -> None:
    path, pattern = DOCUMENTS[language]
    texts = pattern.findall(path.read_text("utf-8"))

    assert {print_ast(parse(text).definitions[0]) for text in texts} == operations()


@pytest.mark.parametrize("enums", [python_enums, typescript_enums])
def test_a_client_knows_every_value_of_its_enums(
    enums: type[dict[str, list[str]]],
) -> None:
    found = enums()

    assert {"SourceOutcome", "EligibilityOutcome", "ClaimOutcome"} <= found.keys()
    for name, values in found.items():
        type_ = schema.core.type_map[name]
        assert isinstance(type_, GraphQLEnumType)
        assert set(values) == set(type_.values), name


def test_a_client_knows_every_field_of_its_inputs() -> None:
    found = python_inputs()

    assert {"ClaimInput", "StatedCertificateInput"} <= found.keys()
    for name, fields in found.items():
        type_ = schema.core.type_map[name]
        assert isinstance(type_, GraphQLInputObjectType)
        assert fields == set(type_.fields), name


def test_both_clients_have_one_version() -> None:
    project = tomllib.loads((PYTHON / "pyproject.toml").read_text("utf-8"))["project"]
    package = json.loads((TYPESCRIPT / "package.json").read_text("utf-8"))

    assert project["version"] == package["version"]
    assert project["name"] == package["name"]


@pytest.mark.parametrize("folder", [PYTHON, TYPESCRIPT], ids=DOCUMENTS)
def test_a_client_is_explained_in_both_languages(folder: object) -> None:
    english, chinese = (
        (ROOT / str(folder) / name).read_text("utf-8")
        for name in ("README.md", "README.zh.md")
    )

    blocks = re.compile(r"^```[\s\S]+?^```", re.MULTILINE)
    assert blocks.findall(english) == blocks.findall(chinese) != []
    assert english.count("\n## ") == chinese.count("\n## ")
    assert not re.search("[\u4e00-\u9fff]", english.replace("中文", ""))
