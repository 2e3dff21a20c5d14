"""Compile the manifest's field expressions.

Most are a single name, and a name is a dictionary look-up: JMESPath's interpreter
costs several microseconds a field, so it runs only where there is something to
interpret.
"""

from collections.abc import Callable
from typing import Any

import jmespath
import jmespath.exceptions

from connectors.errors import ManifestError

Finder = Callable[[Any], Any]


def compile_expression(expression: str) -> Finder:
    """Return a function that finds ``expression`` in parsed JSON; ``None`` if absent.

    The function raises ``jmespath.exceptions.JMESPathError`` if the JSON has a type
    that a JMESPath function in the expression does not take.

    Raises:
        ManifestError: not JMESPath.
    """
    if expression.isascii() and expression.isidentifier():
        return _look_up(expression)
    try:
        compiled = jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as error:
        message = str(error).splitlines()[0]
        raise ManifestError(f"{expression!r} is not JMESPath: {message}") from None
    return compiled.search


def _look_up(name: str) -> Finder:
    def find(value: Any) -> Any:  # noqa: ANN401 - parsed JSON
        return value.get(name) if type(value) is dict else None

    return find
