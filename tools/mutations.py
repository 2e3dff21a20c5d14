"""Small changes to a source file, each of which a test should notice.

The text is changed where the changed node stands, so that all the rest stays as it is.
Left alone are annotations, docstrings, what is inside an f-string (it is emptied as a
whole) and what only a type checker reads.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
BOUNDARIES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
UNREAD = {"Literal", "TypeVar", "NewType", "cast", "Annotated", "dataclass"}
"""What a type checker holds, with what it is given."""
ASSERTED = ("strict",)
"""Arguments of ``zip`` that no right program depends on."""
IMPORTED = "import"
"""The block of what runs when a file is imported."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change to one file."""

    path: str
    line: int
    block: str
    """The file and first line of the statements it is among, or ``IMPORTED``."""
    kind: str
    change: str
    """What stood there, and what stands there instead."""
    source: str


def is_docstring(statement: ast.stmt) -> bool:
    """Tell whether a statement is a text by itself."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Give the lists of statements that a statement has."""
    for name in ("body", "orelse", "finalbody"):
        if body := getattr(node, name, None):
            yield body


def mutations(path: str, source: str) -> list[list[Mutation]]:
    """Return all changes to a file, by the statement that they change."""
    tree = ast.parse(source)
    return [found for found in _Changes(path, source).of_block(tree, IMPORTED) if found]


def telling_reached(path: str, source: str) -> str:
    """Return a file that tells which of its blocks were reached."""
    tree = ast.parse(source)
    for node in list(ast.walk(tree)):
        if isinstance(node, FUNCTIONS):
            _tell(node, path)
    head = 0
    while head < len(tree.body) and (
        is_docstring(tree.body[head])
        or (
            isinstance(first := tree.body[head], ast.ImportFrom)
            and first.module == "__future__"
        )
    ):
        head += 1
    tree.body[head:head] = ast.parse(
        "from tools.reached import reached as _reached_"
    ).body
    return ast.unparse(ast.fix_missing_locations(tree))


def _tell(node: ast.AST, path: str) -> None:
    for body in bodies(node):
        for statement in body:
            if not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                _tell(statement, path)
        told = ast.parse(f"_reached_({f'{path}:{body[0].lineno}'!r})").body
        at = int(isinstance(node, FUNCTIONS) and is_docstring(body[0]))
        body[at:at] = told
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        _tell(part, path)


class _Changes:
    def __init__(self, path: str, source: str) -> None:
        self._path = path
        self._source = source.encode()
        self._starts = [0]
        for line in self._source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def of_block(self, node: ast.AST, block: str) -> Iterator[list[Mutation]]:
        """Give the changes of each statement below a node."""
        inside = isinstance(node, FUNCTIONS) or block != IMPORTED
        for body in bodies(node):
            here = f"{self._path}:{body[0].lineno}" if inside else IMPORTED
            if isinstance(node, ast.ClassDef):
                here = block
            for statement in body:
                if not is_docstring(statement):
                    yield list(self._of_statement(statement, here))
                    yield from self.of_block(statement, here)
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield from self.of_block(part, block)

    def _of_statement(self, statement: ast.stmt, block: str) -> Iterator[Mutation]:
        if _is_deletable(statement):
            yield self._made(statement, block, "deleted", "pass")
        match statement:
            case ast.Return(value=ast.expr() as value) if not _is_plain(value):
                yield self._made(statement, block, "return", "return None")
            case ast.If(test=test) | ast.While(test=test) if not _is_compared(test):
                yield self._made(test, block, "negated", f"not ({ast.unparse(test)})")
            case _:
                pass
        for expression in _own_expressions(statement):
            for old, kind, new in _of_expression(expression):
                yield self._made(old, block, kind, f"({new})")

    def _made(
        self, node: ast.expr | ast.stmt, block: str, kind: str, text: str
    ) -> Mutation:
        assert node.end_lineno is not None  # noqa: S101 - it was parsed
        assert node.end_col_offset is not None  # noqa: S101 - it was parsed
        start = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[node.end_lineno - 1] + node.end_col_offset
        source = self._source[:start] + text.encode() + self._source[end:]
        change = f"{ast.unparse(node)} → {text}"
        return Mutation(self._path, node.lineno, block, kind, change, source.decode())


def _is_deletable(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise() | ast.AugAssign():
            return True
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
        case ast.Delete() | ast.Continue() | ast.Break():
            return True
        case _:
            return False


def _is_plain(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def _is_compared(test: ast.expr) -> bool:
    """Tell whether a comparison changed is its test negated."""
    return isinstance(test, ast.Compare | ast.UnaryOp)


def _own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Give the expressions of a statement that are not in statements below it."""
    for name, field in ast.iter_fields(statement):
        if name in ("annotation", "returns", "type_comment", "type_params"):
            continue
        for part in field if isinstance(field, list) else [field]:
            if isinstance(part, ast.expr):
                yield part
            elif isinstance(part, ast.withitem):
                yield part.context_expr
            elif isinstance(part, ast.arguments):
                yield from part.defaults
                yield from (value for value in part.kw_defaults if value is not None)
            elif isinstance(part, ast.match_case) and part.guard is not None:
                yield part.guard


def _of_expression(node: ast.expr) -> Iterator[tuple[ast.expr, str, str]]:
    """Give each node of an expression that can be changed, and into what."""
    if _is_for_types(node):
        return
    for changes in (_of_value, _of_operator, _of_condition):
        yield from changes(node)
    if isinstance(node, ast.JoinedStr):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.comprehension):
            for part in (child.iter, *child.ifs):
                yield from _of_expression(part)
        elif isinstance(child, ast.keyword) and child.arg not in ASSERTED:
            yield from _of_expression(child.value)
        elif isinstance(child, ast.expr):
            yield from _of_expression(child)


def _is_for_types(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in UNREAD
        case ast.Subscript(value=ast.Name(id=name)):
            return name in UNREAD or name.istitle()
        case _:
            return False


def _of_value(node: ast.expr) -> Iterator[tuple[ast.expr, str, str]]:
    match node:
        case ast.JoinedStr():
            yield node, "text", "''"
        case ast.Constant(value=bool() as value):
            yield node, "constant", repr(not value)
        case ast.Constant(value=int() as value):
            yield node, "constant", repr(value + 1)
            yield node, "constant", repr(value - 1)
        case ast.Constant(value=float() as value):
            yield node, "constant", repr(value + 1)
        case ast.Constant(value=str() | bytes() as value) if value:
            yield node, "text", repr(type(value)())
        case _:
            return


def _of_operator(node: ast.expr) -> Iterator[tuple[ast.expr, str, str]]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            for kind, table in (("comparison", OPPOSITES), ("boundary", BOUNDARIES)):
                if type(operator) in table:
                    other = ast.Compare(left, [table[type(operator)]()], [right])
                    yield node, kind, ast.unparse(other)
        case ast.BoolOp(op=ast.And(), values=values):
            yield node, "and/or", ast.unparse(ast.BoolOp(ast.Or(), values))
        case ast.BoolOp(op=ast.Or(), values=values):
            yield node, "and/or", ast.unparse(ast.BoolOp(ast.And(), values))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            swapped = ast.BinOp(left, ARITHMETIC[type(op)](), right)
            yield node, "arithmetic", ast.unparse(swapped)
        case _:
            return


def _of_condition(node: ast.expr) -> Iterator[tuple[ast.expr, str, str]]:
    """Negate what is asked, unless a change of its comparison does that."""
    asked: list[ast.expr] = []
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield node, "negated", ast.unparse(operand)
        case ast.IfExp(test=test):
            asked = [test]
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            asked = [test for part in node.generators for test in part.ifs]
        case _:
            return
    for test in asked:
        if not _is_compared(test):
            yield test, "negated", f"not ({ast.unparse(test)})"
