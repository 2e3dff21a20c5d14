"""Compile the manifest's field expressions.

Most are a name, a path of names or a constant text, which need no interpreter:
JMESPath's costs several microseconds a field, so it runs only where there is something
to interpret, and within bounds (``connectors.decoding.interpreter``).
"""

import re
from collections.abc import Callable
from typing import Any

import jmespath.exceptions

from connectors.decoding.interpreter import (
    FIELD_STEPS,
    Allowance,
    Interpreter,
    TooManyStepsError,
    parse,
)

Finder = Callable[[Any], Any]

STUMBLES = (
    jmespath.exceptions.JMESPathError,
    ArithmeticError,
    LookupError,
    RecursionError,
    TooManyStepsError,
    TypeError,
    ValueError,
)
"""The errors of JMESPath's interpreter for a value an expression was not made for.

Its own error says so for most functions; ``max_by`` over texts and numbers,
``contains`` with nothing to look for, ``ceil`` of an infinity and a slice by steps of
zero come as Python's.
"""


class ExpressionError(Exception):
    """A value is of a type or shape that an expression does not take.

    It names the kind of error only: JMESPath's own words quote the value, which may be
    a whole record, and what is refused is shown to callers without its contents.
    """


def compile_expression(expression: str, shared: Allowance | None = None) -> Finder:
    """Return a function that finds ``expression`` in parsed JSON; ``None`` if absent.

    It takes its steps from ``shared``, which somebody else renews, or has some of its
    own each time. It raises ``ExpressionError`` if the JSON has a type that a function
    in the expression does not take, or more in it than there are steps.

    Raises:
        ManifestError: not JMESPath, or more of it than is evaluated.
    """
    if is_name(expression):
        return _look_up(expression)
    names = expression.split(".")
    if all(map(is_name, names)):
        return _follow(names)
    if _CONSTANT.fullmatch(expression):
        constant = expression[1:-1]
        return lambda _value: constant
    parsed = parse(expression)
    allowance = Allowance(FIELD_STEPS) if shared is None else shared
    interpreter = Interpreter(allowance)

    def find(value: Any) -> Any:  # noqa: ANN401 - parsed JSON
        if shared is None:
            allowance.renew()
        try:
            return interpreter.visit(parsed, value)
        except STUMBLES as error:
            raise ExpressionError(type(error).__name__) from None

    return find


def is_interpreted(expression: str) -> bool:
    """Say whether ``expression`` needs JMESPath's interpreter, which may raise."""
    return not (
        all(map(is_name, expression.split("."))) or _CONSTANT.fullmatch(expression)
    )


def is_name(expression: str) -> bool:
    """Say whether ``expression`` is the name of a member and nothing more."""
    return expression.isascii() and expression.isidentifier()


_CONSTANT = re.compile(r"'[^'\\]*'")
"""A raw string of JMESPath without an escape."""


def _follow(names: list[str]) -> Finder:
    def find(value: Any) -> Any:  # noqa: ANN401 - parsed JSON
        for name in names:
            value = value.get(name) if type(value) is dict else None
        return value

    return find


def _look_up(name: str) -> Finder:
    def find(value: Any) -> Any:  # noqa: ANN401 - parsed JSON
        return value.get(name) if type(value) is dict else None

    return find
