"""Whatever is kept between two questions is kept up to a limit.

A cache is bounded in bytes if its entries are weighed, or if they are counted and each
is small by itself. Which of the two it is, and why, is said here for each, so that no
cache comes to the product unseen.
"""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.documents import ROOT
from tests.architecture.sources import tree_like, tree_of

PACKAGES = ("signing", "policy", "connectors", "resolvers", "gateway")
WEIGHED = {
    "resolvers/documents/documents.py: LRUCache",
    "resolvers/authorization/permissions.py: LRUCache",
}
WEIGHED_BY_HAND = {
    "connectors/guard/answer_cache.py: Weighed": (
        "tests/connectors/guard/test_answer_cache.py",
        "test_the_oldest_leaves_when_they_are_too_large",
    ),
    "connectors/decoding/record_cache.py: Weighed": (
        "tests/connectors/decoding/test_record_cache.py",
        "test_readings_are_kept_until_the_room_is_full_and_the_oldest_leaves",
    ),
    "gateway/collection/kept.py: Weighed": (
        "tests/gateway/collection/test_kept.py",
        "test_what_is_kept_has_its_room_and_takes_no_more",
    ),
    "resolvers/fragment_cache/renderings.py: Weighed": (
        "tests/resolvers/fragment_cache/test_renderings.py",
        "test_they_take_no_more_than_they_may",
    ),
    "resolvers/subscriptions/encoded.py: Weighed": (
        "tests/resolvers/subscriptions/test_encoded.py",
        "test_they_take_no_more_than_they_may",
    ),
}
"""Which test holds the limit of each."""
COUNTED = {
    "gateway/registry/quality.py: LRUCache": "digests of a few records, and a day",
    "gateway/callers/key_set.py: LRUCache": "digests of tokens, a thousand a key",
    "connectors/protocols/licence_store.py: TTLCache": "codes of people, each of some "
    "hundred characters, for some minutes",
    "gateway/console/attempts.py: TTLCache": "a thousand attempts, a few words each",
    "gateway/credentials/status_lists.py: LRUCache": "64 status lists of some 10 kB",
    "gateway/health.py: TTLCache": "one probe an agency",
    "gateway/ledger/seen.py: TTLCache": "ids of what is revoked, for some minutes",
    "resolvers/documents/documents.py: LRUCache": "spellings of kept documents",
}


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def named(node: ast.expr) -> str:
    return ast.unparse(node).rsplit(".", maxsplit=1)[-1]


def made(*names: str) -> Iterator[tuple[Path, ast.Call]]:
    """Find every call of one of ``names``, decorators included."""
    for path in sources():
        for node in ast.walk(tree_of(path, saying=names)):
            if isinstance(node, ast.Call) and named(node.func) in names:
                yield path, node


def decorated(path: Path) -> Iterator[tuple[ast.FunctionDef, ast.expr]]:
    for node in ast.walk(tree_of(path, saying=["cache"])):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                yield node, decorator


def place(path: Path, word: str) -> str:
    return f"{path.relative_to(ROOT).as_posix()}: {word}"


def test_every_cache_of_cachetools_is_weighed_or_counted_for_a_reason() -> None:
    found = {
        (
            place(path, named(call.func)),
            any(k.arg == "getsizeof" for k in call.keywords),
        )
        for path, call in made("TTLCache", "LRUCache", "LFUCache", "TLRUCache")
    }

    assert {where for where, weighed in found if weighed} == WEIGHED
    assert {where for where, weighed in found if not weighed} == set(COUNTED)


def test_every_other_cache_in_an_order_has_a_test_of_its_limit() -> None:
    found = {place(path, named(call.func)) for path, call in made("Weighed")}
    others = {place(path, named(call.func)) for path, call in made("OrderedDict")}

    assert found == set(WEIGHED_BY_HAND)
    assert others == {"connectors/weighed.py: OrderedDict"}
    for file, test in WEIGHED_BY_HAND.values():
        assert f"def {test}(" in (ROOT / file).read_text("utf-8")


def test_what_a_function_keeps_has_a_limit() -> None:
    limits = {}
    for path in sources():
        for function, decorator in decorated(path):
            if named(decorator).startswith("lru_cache"):
                module = importlib.import_module(
                    ".".join(path.relative_to(ROOT).with_suffix("").parts)
                )
                kept = getattr(module, function.name)
                limits[place(path, function.name)] = kept.cache_info().maxsize

    assert limits
    assert [
        where for where, limit in limits.items() if not 0 < (limit or 0) < 9999
    ] == []


def test_a_function_that_keeps_all_it_answered_is_asked_one_thing_only() -> None:
    asked = [
        place(path, function.name)
        for path in sources()
        for function, decorator in decorated(path)
        if named(decorator) == "cache"
        and (function.args.args or function.args.kwonlyargs or function.args.vararg)
    ]

    assert asked == []


def test_no_module_keeps_things_in_a_table_but_headers_and_roots() -> None:
    """An empty table at a module's top is there to be filled."""
    found = [
        place(path, ast.unparse(target))
        for path in sources()
        for node in tree_like(path, r"\w.*=[ (\n]*({}|\[\]|dict\(|list\(|Ord)").body
        if isinstance(node, ast.AnnAssign | ast.Assign)
        and isinstance(node.value, ast.Dict | ast.List | ast.Call)
        and ast.unparse(node.value) in {"{}", "[]", "dict()", "list()", "OrderedDict()"}
        for target in (
            [node.target] if isinstance(node, ast.AnnAssign) else node.targets
        )
    ]

    assert found == ["signing/batches.py: _roots", "signing/header.py: _kept"]
