"""A gateway that answers otherwise than one should, by the address that is asked."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

JSON, EVENTS = "application/json", "text/event-stream"
SECONDS = 10.0
"""How long it takes to end an answer; clients wait for one second."""
REFUSAL = {"errors": [{"message": "no", "extensions": {"code": "UNAUTHENTICATED"}}]}
ANSWER = '{"data": {"a": 1}}'
LINE = "one\u2028line"
"""A text with what some programs take for the end of a line."""


class Odd(ThreadingHTTPServer):
    """Knows which addresses were asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[str] = []
        self.ended = Event()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Odd

    def do_POST(self) -> None:
        """Answer by the address."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.path)
        _ANSWERS[self.path](self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - theirs
        """Say nothing."""

    def whole(self, status: int, kind: str, text: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def in_drops(self, kind: str, drop: str, seconds: float, last: str) -> None:
        self.whole(200, kind, drop)
        try:
            for _ in range(int(SECONDS / seconds)):
                if self.server.ended.wait(seconds):
                    return
                self.wfile.write(drop.encode())
            self.wfile.write(last.encode())
        except OSError:
            # Who asked is gone.
            return


def _event(name: str, answer: object) -> str:
    data = "" if answer is None else json.dumps(answer, ensure_ascii=False)
    return f"event: {name}\ndata: {data}\n\n"


_ANSWERS: dict[str, Callable[[_Answers], None]] = {
    "/ask/redirected": lambda one: one.whole(
        307, JSON, "", Location=f"{one.server.url}/ask/elsewhere"
    ),
    "/ask/elsewhere": lambda one: one.whole(200, JSON, ANSWER),
    "/ask/no-errors": lambda one: one.whole(200, JSON, '{"errors": []}'),
    "/ask/nothing": lambda one: one.whole(200, JSON, '{"data": null}'),
    "/ask/no-json": lambda one: one.whole(502, "text/html", "<p>Bad gateway"),
    "/ask/in-drops": lambda one: one.in_drops(JSON, " ", 0.3, ANSWER),
    "/ask/refused": lambda one: one.whole(401, JSON, json.dumps(REFUSAL)),
    "/follow/refused": lambda one: one.whole(401, JSON, json.dumps(REFUSAL)),
    "/follow/silent": lambda one: one.in_drops(
        EVENTS, ":\n\n", SECONDS, _event("complete", None)
    ),
    "/follow/cut": lambda one: one.whole(
        200, EVENTS, _event("next", {"data": {"a": 1}})
    ),
    "/follow/whole": lambda one: one.whole(
        200,
        EVENTS,
        _event("next", {"data": {"a": LINE}}) + _event("complete", None),
    ),
}


@contextmanager
def odd_gateway() -> Iterator[Odd]:
    """Run one."""
    with Odd() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
