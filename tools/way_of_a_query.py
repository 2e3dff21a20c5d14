"""Count how many of our files and calls one holder check passes.

``python tools/way_of_a_query.py`` asks a gateway in this process, with three sandbox
agencies beside it, about people whom nobody asked about before, then about one of them
again. Each holds one certificate of each agency. A call is a start of a Python function
of ours or its going on after a wait, in whatever thread; the figures are medians, since
what goes on beside a request (a heartbeat, a count written) passes too.
``--calls`` lists the functions that are called most; ``--own`` leaves out what was not
called on behalf of the question, which is more the slower a machine is.
"""

import asyncio
import json
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.questions import HOLDER_CHECK  # noqa: E402 - from this checkout
from gateway.app import create_app  # noqa: E402
from gateway.clock import utc_now  # noqa: E402
from gateway.demo.demo import (  # noqa: E402
    Ports,
    open_agencies,
    write_configuration,
)
from gateway.settings.settings import load_settings  # noqa: E402
from policy.calendar import SHANGHAI  # noqa: E402
from sandbox.agency import AgencyId  # noqa: E402
from sandbox.population import entries  # noqa: E402
from store.migrate import upgrade_database  # noqa: E402

PACKAGES = (
    "bureau",
    "connectors",
    "gateway",
    "policy",
    "resolvers",
    "signing",
    "store",
)
OURS = tuple(f"{ROOT / package}/" for package in PACKAGES)
HOLDERS = 600
TOKEN = "way-of-a-query"  # noqa: S105 - of a gateway that nobody can reach
WARMING, NEW, KNOWN = 30, 15, 15
IS_ASKED: ContextVar[bool] = ContextVar("is_asked", default="--own" not in sys.argv)
"""Set where a question is asked: tasks and callbacks that it begins have it, too."""


class Passed:
    """What was passed since the last count."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def note(self, frame: FrameType, event: str, _argument: object) -> None:
        """Count a call; a profile function of the interpreter."""
        code = frame.f_code
        is_ours = event == "call" and code.co_filename.startswith(OURS)
        if is_ours and IS_ASKED.get():
            file = code.co_filename.removeprefix(f"{ROOT}/")
            self.calls[f"{file}:{code.co_qualname}"] += 1

    @property
    def files(self) -> set[str]:
        """Return the files that were passed."""
        return {name.partition(":")[0] for name in self.calls}


@contextmanager
def counting(passed: Passed) -> Iterator[None]:
    """Count in this thread; the others count from their start."""
    passed.calls.clear()
    sys.setprofile(passed.note)
    try:
        yield
    finally:
        sys.setprofile(None)


def numbers() -> list[str]:
    """Return the numbers of people who hold one certificate of each agency."""
    today = utc_now().astimezone(SHANGHAI).date()
    held: dict[str, Counter[AgencyId]] = {}
    for agency in AgencyId:
        for entry in entries(agency, HOLDERS, today):
            number = entry.record.holder.number
            held.setdefault(number, Counter())[agency] += 1
    one_of_each = dict.fromkeys(AgencyId, 1)
    return sorted(number for number, counts in held.items() if counts == one_of_each)


async def ask(app: Any, number: str) -> bytes:  # noqa: ANN401 - ASGI
    """Return the body of a holder check's answer."""
    body = json.dumps({"query": HOLDER_CHECK, "variables": {"idNumber": number}})
    answer: list[bytes] = []
    asked = False
    ended = asyncio.Event()

    async def receive() -> MutableMapping[str, Any]:
        nonlocal asked
        if asked:
            await ended.wait()
            return {"type": "http.disconnect"}
        asked = True
        return {"type": "http.request", "body": body.encode(), "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        answer.append(message.get("body", b""))

    await app(
        {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "headers": [
                (b"host", b"127.0.0.1"),
                (b"content-type", b"application/json"),
                (b"accept", b"application/json"),
                (b"authorization", f"Bearer {TOKEN}".encode()),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "state": {},
            "app": app,
        },
        receive,
        send,
    )
    ended.set()
    return b"".join(answer)


async def count(app: Any, numbers: list[str]) -> dict[str, list[Counter[str]]]:  # noqa: ANN401
    """Return what was passed for each question, by whether its person was known."""
    passed = Passed()
    threading.setprofile(passed.note)
    found: dict[str, list[Counter[str]]] = {"new": [], "known": []}
    async with app.router.lifespan_context(app):
        for number in numbers[:WARMING]:
            await ask(app, number)
        IS_ASKED.set(True)
        new = numbers[WARMING : WARMING + NEW]
        for kind, asked in (("new", new), ("known", new[:1] * KNOWN)):
            for number in asked:
                with counting(passed):
                    answer = await ask(app, number)
                assert b'"holder"' in answer, answer  # noqa: S101 - else it counts what?
                found[kind].append(Counter(passed.calls))
    threading.setprofile(None)  # type: ignore[arg-type]  # that is how it is unset
    return found


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_agencies(folder, HOLDERS, Ports(0, 0)) as urls:
            config = write_configuration(
                folder,
                trust_folder=folder,
                port=0,
                agencies=urls,
                token=TOKEN,
                id_number="",
            )
            settings = load_settings(config, {})
            asyncio.run(upgrade_database(settings.database_url))
            app = create_app(settings)
            found = asyncio.run(count(app, numbers()))
    for kind, questions in found.items():
        files = median(len({n.partition(":")[0] for n in one}) for one in questions)
        calls = median(sum(one.values()) for one in questions)
        print(f"{kind}: {files:g} files, {calls:g} calls")  # noqa: T201 - what it is for
        if "--calls" in sys.argv:
            middle = sorted(questions, key=lambda one: sum(one.values()))[
                len(questions) // 2
            ]
            for place, times in middle.most_common():
                print(f"  {times:4} {place}")  # noqa: T201


if __name__ == "__main__":
    main()
