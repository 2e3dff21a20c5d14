"""The documents of the pages that are asked, with the variables below them."""

import json
from collections.abc import Mapping
from typing import Any

from graphql import OperationDefinitionNode, get_operation_ast, parse

from gateway.registration.documents import DOCUMENTS
from tests.architecture.documents import Block, blocks, every_block

STEPS = {document.text for document in DOCUMENTS.values()}
"""What the commands of registration send."""
OF_STEPS = [block for block in blocks("graphql") if block.text in STEPS]
ASKED = [
    block
    for block in blocks("graphql")
    if block.about != "agency" and block.text not in STEPS
]
"""The other ones, but for what an agency is asked."""


def operation_of(block: Block) -> OperationDefinitionNode:
    """Return the one operation of a document."""
    operation = get_operation_ast(parse(block.text))
    assert operation is not None
    return operation


def name_of(block: Block) -> str:
    """Return the name of a document's operation; its kind where it has none."""
    operation = operation_of(block)
    return operation.name.value if operation.name else operation.operation.value


def block_below(document: Block) -> Block | None:
    """Return the JSON right below a document, if there is some."""
    every = every_block()
    below = [*every, None][every.index(document) + 1]
    if below is None or (below.page, below.language) != (document.page, "json"):
        return None
    return below


def stated_below(document: Block) -> Mapping[str, Any]:
    """Return the variables that the page states right below a document."""
    below = block_below(document)
    if below is None:
        return {}
    stated: dict[str, Any] = json.loads(below.text)
    asked = operation_of(document).variable_definitions or ()
    names = {one.variable.name.value for one in asked}
    return stated if stated.keys() <= names else {}
