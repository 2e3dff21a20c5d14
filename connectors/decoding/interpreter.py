"""Evaluate JMESPath within bounds: what an expression may be, and how far it may go.

Manifests come from strangers, and their expressions read answers that nobody signed. A
list that is doubled 25 times in 208 characters is a minute of the gateway and 800 MB.
Two bounds hold together:

- An expression makes lists or objects in one layer alone (``_layers``), so that no
  value is more than its parts times as large as the answer it was found in; and it
  calls functions that there are, with as many arguments as they take.
- An evaluation takes steps from an ``Allowance``: one for each part of the expression
  that is met and each element that is gone through or copied. Where they are used up,
  nothing is found.
"""

from json import JSONEncoder
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.visitor import Options, TreeInterpreter

from connectors.errors import ManifestError

Node = Any
"""A part of a parsed expression: a table of its type, value and children."""

MAX_CHARACTERS = 500
MAX_PARTS = 64
"""The most parts of an expression; ``join('.', [a, b.c])`` has nine."""
FIELD_STEPS = 1_000
"""The steps of finding a field in a record."""
ANSWER_STEPS = 30_000
"""The steps of finding everything that is signed in an answer."""
MAX_MADE = 10_000
"""The most characters of a text that is made; no text of a record has as many."""
LITERAL_STEPS = 250
"""What a literal list or object costs, and has at most, in an expression's length."""
_MAKES = frozenset({"multi_select_list", "multi_select_dict"})
_SIDE_BY_SIDE = frozenset(
    {*_MAKES, "or_expression", "and_expression", "comparator", "function_expression"}
)
"""Whose children are found in one value, and not in what another child found."""


_WRITER = JSONEncoder(separators=(",", ":"), default=str)


class TooManyStepsError(Exception):
    """An evaluation went through more than its allowance."""


class Allowance:
    """The steps that are left of an evaluation, or of several that share them."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self.left = steps

    def renew(self) -> None:
        """Begin anew."""
        self.left = self._steps

    def take(self, steps: int) -> None:
        """Use ``steps`` up.

        Raises:
            TooManyStepsError: there are not so many left.
        """
        self.left -= steps
        if self.left < 0:
            raise TooManyStepsError


class _Functions(Functions):
    """JMESPath's own functions, each argument's elements counted."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance

    def call_function(self, function_name: str, resolved_args: Any) -> Any:  # noqa: ANN401 - JSON
        """Call one."""
        for argument in resolved_args:
            if isinstance(argument, (list, dict)):
                self._allowance.take(len(argument))
        return super().call_function(function_name, resolved_args)

    @signature({"types": ["string"]}, {"types": ["array-string"]})
    def _func_join(self, separator: str, texts: list[str]) -> str:
        # The separator is repeated, and may be as long as the answer.
        if len(separator) * len(texts) + sum(map(len, texts)) > MAX_MADE:
            raise TooManyStepsError
        return separator.join(texts)

    @signature({"types": []})
    def _func_to_string(self, value: object) -> str:
        if isinstance(value, str):
            return value
        made, size = [], 0
        for piece in _WRITER.iterencode(value):
            made.append(piece)
            size += len(piece)
            if size > MAX_MADE:
                raise TooManyStepsError
        return "".join(made)


class Interpreter(TreeInterpreter):
    """JMESPath's interpreter, counting."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(Options(custom_functions=_Functions(allowance)))
        self._take = allowance.take

    def visit(self, node: Node, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - JSON
        """Find one part."""
        self._take(1)
        return super().visit(node, *args, **kwargs)

    def visit_flatten(self, node: Node, value: Any) -> Any:  # noqa: ANN401 - JSON
        """Copy the elements of the lists in a list."""
        return self._counted(super().visit_flatten(node, value))

    def visit_literal(self, node: Node, value: Any) -> Any:  # noqa: ANN401 - JSON
        """Return a constant, which may be met for each element of a list."""
        literal = super().visit_literal(node, value)
        self._take(LITERAL_STEPS if isinstance(literal, (list, dict)) else 0)
        return literal

    def visit_slice(self, node: Node, value: Any) -> Any:  # noqa: ANN401 - JSON
        """Copy a part of a list."""
        return self._counted(super().visit_slice(node, value))

    def _counted(self, found: Any) -> Any:  # noqa: ANN401 - JSON
        self._take(len(found) if isinstance(found, list) else 0)
        return found


def parse(expression: str) -> Node:
    """Return the parts of ``expression``.

    Raises:
        ManifestError: it is not JMESPath, calls what is no function, or is larger or
            makes more than is evaluated.
    """
    if len(expression) > MAX_CHARACTERS:
        raise ManifestError(
            f"an expression has {len(expression)} characters, at most "
            f"{MAX_CHARACTERS} are read"
        )
    try:
        parsed = jmespath.compile(expression).parsed
        parts = _parts(parsed)
        layers = _layers(parsed)
    except JMESPathError as error:
        message = str(error).splitlines()[0]
        raise ManifestError(f"{expression!r} is not JMESPath: {message}") from None
    except RecursionError:
        raise ManifestError(f"{expression!r} is nested too deeply") from None
    for part in parts:
        if part["type"] == "function_expression":
            _require_function(expression, part["value"], len(part["children"]))
    if layers > 1:
        raise ManifestError(
            f"{expression!r} makes lists or objects of those it made; one layer of "
            "[...] or {...} is evaluated"
        )
    if len(parts) > MAX_PARTS:
        raise ManifestError(
            f"{expression!r} has {len(parts)} parts, at most {MAX_PARTS} are evaluated"
        )
    return parsed


def _require_function(expression: str, name: str, arguments: int) -> None:
    known = Functions.FUNCTION_TABLE.get(name)
    if known is None:
        raise ManifestError(
            f"{expression!r} calls {name}, which is no function of JMESPath; there "
            f"are {', '.join(sorted(Functions.FUNCTION_TABLE))}"
        )
    taken = known["signature"]
    is_open = bool(taken[-1].get("variadic"))
    if arguments < len(taken) or (arguments > len(taken) and not is_open):
        least = "at least " if is_open else ""
        raise ManifestError(
            f"{expression!r} gives {name} {arguments} arguments; it takes "
            f"{least}{len(taken)}"
        )


def _parts(node: Node) -> list[Node]:
    """Return ``node`` and all parts of it; a slice's children are numbers."""
    found = [node]
    for part in found:
        found.extend(child for child in part["children"] if isinstance(child, dict))
    return found


def _layers(node: Node) -> int:
    """Return how many times what was made may be made something of again."""
    children = [child for child in node["children"] if isinstance(child, dict)]
    inner = [_layers(child) for child in children]
    own = int(node["type"] in _MAKES)
    # A function may be applied to what another argument found (map, sort_by).
    is_applied = any(child["type"] == "expref" for child in children)
    if node["type"] in _SIDE_BY_SIDE and not is_applied:
        return own + max(inner, default=0)
    return own + sum(inner)
