"""Write the table as text, in both languages, the same for the same configuration."""

from collections import Counter
from collections.abc import Iterator, Sequence

from gateway.mlps3.items import load_items
from gateway.mlps3.judging import Found, Verdict


def table_of(found: Sequence[Found]) -> str:
    """Return a line an item, and below it what it rests on and what to do."""
    lines = [line for one in found for line in _lines(one)]
    counts = Counter(one.verdict for one in found)
    said = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict)
    return "\n".join([*lines, said])


def _lines(found: Found) -> Iterator[str]:
    item = found.item
    yield f"{found.verdict:<6} {item.standard} {item.clause} {item.zh}"
    yield f"       {item.en}"
    words = {data.id: data for data in load_items().data}
    seen = Counter(
        f"{words[use.data].zh} {words[use.data].en}: {use.algorithm}, {use.module}"
        + (f", {use.product_certificate}" if use.product_certificate else "")
        for use in found.uses
    )
    for line, times in seen.items():
        yield f"       - {line}" + (f" (x{times})" if times > 1 else "")
    if found.verdict is Verdict.UNMET:
        yield f"       > {item.remedy}"
