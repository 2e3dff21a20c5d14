"""Say in words what an expression of a manifest finds, for whoever approves it.

Each part of the parsed expression becomes a phrase of its own, so that nothing of it is
left out, whatever it is. The words are as long as the expression, and no judgement.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType

from connectors.decoding.interpreter import Node, parse
from policy.text import Text

_FUNCTIONS: Mapping[str, Text] = MappingProxyType(
    {
        "abs": Text("绝对值", "the absolute value"),
        "avg": Text("平均数", "the average"),
        "ceil": Text("向上取整", "the next whole number"),
        "contains": Text("是否包含", "whether the first contains the second"),
        "ends_with": Text("是否以其结尾", "whether the first ends with the second"),
        "floor": Text("向下取整", "the whole number below"),
        "join": Text("以前者连接后者各文本", "the texts, joined by the first"),
        "keys": Text("各成员名", "the names of members"),
        "length": Text("长度", "the length"),
        "map": Text("对后者每一项取前者", "the first, of each item of the second"),
        "max": Text("最大者", "the largest"),
        "max_by": Text("按后者最大的一项", "the item with the largest"),
        "merge": Text("合并各对象", "the objects in one, the last deciding"),
        "min": Text("最小者", "the smallest"),
        "min_by": Text("按后者最小的一项", "the item with the smallest"),
        "not_null": Text("第一个不为空者", "the first that is there"),
        "reverse": Text("倒序", "in reverse"),
        "sort": Text("排序", "sorted"),
        "sort_by": Text("按后者排序", "sorted by the second"),
        "starts_with": Text("是否以其开头", "whether the first begins with the second"),
        "sum": Text("总和", "the sum"),
        "to_array": Text("作为列表", "as a list"),
        "to_number": Text("作为数字", "as a number"),
        "to_string": Text("作为文本", "as a text"),
        "type": Text("类型名", "the name of its type"),
        "values": Text("各成员值", "the values of members"),
    }
)
"""Every function that there is: a test compares them with JMESPath's."""
_PHRASES: Mapping[str, Text] = MappingProxyType(
    {
        "identity": Text("其本身", "it"),
        "current": Text("其本身", "it"),
        "projection": Text("（{0}每一项中的{1}）", "({1} of each item of {0})"),
        "value_projection": Text(
            "（{0}每个成员值中的{1}）", "({1} of each value of {0})"
        ),
        "filter_projection": Text(
            "（{0}中凡{2}的每一项中的{1}）", "({1} of each item of {0} for which {2})"
        ),
        "flatten": Text("（{0}，内层列表并入）", "({0}, the lists in it joined)"),
        "or_expression": Text("（{0}，为空时为{1}）", "({0}, or if that is empty {1})"),
        "and_expression": Text(
            "（{0}，不为空时为{1}）", "({0}, or if that is not empty {1})"
        ),
        "not_expression": Text("并非{0}", "not {0}"),
        "expref": Text("各自的{0}", "each one's {0}"),
    }
)
_LISTS: Mapping[str, Text] = MappingProxyType(
    {
        "multi_select_list": Text("列表（{}）", "a list ({})"),
        "multi_select_dict": Text("对象（{}）", "an object ({})"),
    }
)
_WITHIN = frozenset({"subexpression", "index_expression", "pipe"})
"""Each of whose parts is found in what the one before it found."""
_SIGNS: Mapping[str, str] = MappingProxyType(
    {"eq": "=", "ne": "≠", "lt": "<", "lte": "≤", "gt": ">", "gte": "≥"}
)


def explained(expression: str) -> Text:
    """Return what ``expression`` finds.

    Raises:
        ManifestError: it is none, or more than is evaluated.
    """
    return _said(parse(expression))


def _said(node: Node) -> Text:
    if node["type"] == "slice":
        return _slice(node["children"])
    parts = [_said(child) for child in node["children"]]
    own = _own(node, parts)
    return _of_parts(node, parts) if own is None else own


def _own(node: Node, parts: list[Text]) -> Text | None:
    """Return the words of a part that has something of its own to say."""
    value, inner = node.get("value"), _listed(parts)
    match node["type"]:
        case "field":
            # What turns the direction of writing, or is not seen, is escaped.
            name = repr(value)[1:-1]
            found = Text(f"“{name}”", f'"{name}"')
        case "literal":
            text = repr(json.dumps(value, ensure_ascii=False))[1:-1]
            found = Text(f"常量 {text}", f"the constant {text}")
        case "index":
            found = _index(value)
        case "comparator":
            signed = f" {_SIGNS[value]} "
            found = Text(
                signed.join(part.zh for part in parts),
                signed.join(part.en for part in parts),
            )
        case "key_val_pair":
            found = Text(f"{value}：{inner.zh}", f"{value}: {inner.en}")
        case "function_expression":
            done = _FUNCTIONS[value]
            found = Text(f"{done.zh}（{inner.zh}）", f"{done.en} ({inner.en})")
        case _:
            return None
    return found


def _of_parts(node: Node, parts: list[Text]) -> Text:
    """Return the words of what its parts are said of."""
    kind = node["type"]
    if kind in _WITHIN:
        return _within(parts, is_named=node["children"][0]["type"] != "identity")
    inner = _listed(parts)
    if kind in _LISTS:
        return Text(_LISTS[kind].zh.format(inner.zh), _LISTS[kind].en.format(inner.en))
    phrase = _PHRASES[kind]
    return Text(
        phrase.zh.format(*(part.zh for part in parts)),
        phrase.en.format(*(part.en for part in parts)),
    )


def _listed(parts: list[Text]) -> Text:
    return Text("、".join(p.zh for p in parts), ", ".join(p.en for p in parts))


def _within(parts: list[Text], *, is_named: bool) -> Text:
    """Say the last part first in English, and last in Chinese."""
    named = parts if is_named else parts[1:]
    return Text(
        "中的".join(part.zh for part in named),
        " of ".join(part.en for part in reversed(named)),
    )


def _index(place: int) -> Text:
    if place < 0:
        return Text(f"倒数第 {-place} 项", f"item {-place} from the end")
    return Text(f"第 {place + 1} 项", f"item {place + 1}")


def _slice(bounds: list[int | None]) -> Text:
    places = ":".join("" if bound is None else str(bound) for bound in bounds)
    return Text(f"区间 [{places}] 各项", f"the items [{places}]")
