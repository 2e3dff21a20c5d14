"""What each attack by document costs: ``python -m tests.bench.documents``.

Processor time of preparing each document of ``tests/attacks/test_documents.py`` and of
the largest ones that pass, in milliseconds: the median and the most of 20 times, each
with an empty cache. Also what a thousand different documents leave in memory.
"""

import gc
import statistics
import time
import tracemalloc
from contextlib import suppress

from resolvers.documents.documents import Documents, Question
from resolvers.documents.limits import Limits
from resolvers.documents.validation import RefusedDocumentError
from resolvers.schema import schema
from tests.attacks.test_documents import ATTACKS, PEOPLE, WIDE, times
from tests.federation.queries import HOLDER_CHECK
from tests.resolvers.asking import STRANGER

TIMES = 20
LARGE = {
    "the holder check": HOLDER_CHECK,
    "large: fields": "{"
    + times(26, f'a#:holder(idNumber:"1"){{certificates{{nodes{{{WIDE} {WIDE}}}}}}}')
    + "}",
    "large: field pairs": "{policy{" + "notice " * 63 + "}}",
    "large: fragments": f"{{policy{{{times(49, '...f#')}}}}}"
    + times(49, "fragment f# on Policy{a#:notice}"),
    "large: literals": "{holders(people:[" + '{idNumber:"1"}' * 380 + "]){__typename}}",
}


def cost_of(text: str) -> list[float]:
    """Return the processor time of preparing ``text``, so many times."""
    taken = []
    for _ in range(TIMES):
        documents = Documents(schema.core, Limits(), is_open=True)
        question = Question(query=text, variables={"people": PEOPLE})
        start = time.process_time()
        with suppress(RefusedDocumentError):
            documents.prepare(question, STRANGER)
        taken.append((time.process_time() - start) * 1000)
    return taken


def memory_left() -> float:
    """Return the megabytes a thousand different documents leave."""
    documents = Documents(schema.core, Limits(), is_open=True)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(1_000):
        text = f"{{policy{{{times(49, f'a{number}_#:notice')}}}}}"
        documents.prepare(Question(query=text), STRANGER)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / 1_000_000


def main() -> None:
    """Print a line for each document."""
    cost_of(HOLDER_CHECK)
    # As the gateway does once it is open: what stays is not looked through again.
    gc.collect()
    gc.freeze()
    attacks = {name: text for name, (_, text) in ATTACKS.items()}
    for name, text in (attacks | LARGE).items():
        taken = cost_of(text)
        print(f"{statistics.median(taken):7.1f} {max(taken):7.1f} ms  {name}")  # noqa: T201
    print(f"{memory_left():7.1f} MB  left by a thousand different documents")  # noqa: T201


if __name__ == "__main__":
    main()
