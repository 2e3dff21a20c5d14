"""The gateway as it is served, and a listener outside of everything it answers.

Run as ``python -m tests.heard gateway.toml`` in place of ``gateway serve``; whoever
asks, by whatever client, a browser and a proxy among them, is answered through here.
An answer is written down beside the configuration before its last piece is sent, so
that there is no answer that nobody heard. ``tests/personal_data.py`` searches it all at
the end of the run.

What the server answers by itself, to bytes that are no request, does not pass here;
``hear_server`` is for that.
"""

import json
import sys
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.demo.demo import UNTIL_STDIN_CLOSES
from gateway.lifeline import end_with_stdin
from gateway.request_state import request_of
from gateway.serve import serve
from gateway.worker import load_app
from tests.personal_data import (
    ANSWERS,
    callers_who_see_people,
    may_see_people,
    page_token,
)

PAGES_OPTIONS = "/graphiql/config.json"
"""Gives a demonstration's token away, and with it whatever that token may see."""

CONSOLE = "/console"
"""Its pages are asked for by a cookie that means nothing to anybody else."""
RESULTS = "/console/batch", "content-disposition: attachment"
"""A file of claims comes back, row by row, to who dropped it in; its other answers are
heard (``tests/gateway/batch/test_page.py`` has what the file is: the command's own)."""


@dataclass(slots=True)
class Said:
    """An answer, as far as it was sent."""

    status: int = 0
    head: str = ""
    pieces: list[bytes] = field(default_factory=list)
    is_whole: bool = False

    def add(self, message: Message) -> None:
        """Take in what is about to be sent."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            lines = [b": ".join(pair) for pair in message.get("headers", ())]
            self.head = b"\n".join(lines).decode("latin-1")
        elif message["type"] == "http.response.pathsend":
            # A vendored file; its bytes are compared with checksums elsewhere.
            self.is_whole = True
        else:
            self.pieces.append(message.get("body", b""))
            self.is_whole = not message.get("more_body", False)

    @property
    def text(self) -> str:
        """Headers and body."""
        return f"{self.head}\n{b''.join(self.pieces).decode('utf-8', 'replace')}"


class Heard:
    """An application whose answers are written down."""

    def __init__(self, app: ASGIApp, config: Path) -> None:
        self._app = app
        self._folder = config.parent
        self._answers = (config.parent / ANSWERS).open("ab", buffering=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, both ways."""
        if scope["type"] == "websocket":
            await self._hear_socket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = Said()

        async def listening(message: Message) -> None:
            said.add(message)
            if said.is_whole:
                self._write(scope, said)
            await send(message)

        try:
            await self._app(scope, receive, listening)
        finally:
            if not said.is_whole:
                self._write(scope, said)

    async def _hear_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write down what a websocket was told; whoever it is, it names nobody."""
        said: list[str] = []

        async def listening(message: Message) -> None:
            said.append(str(message))
            await send(message)

        try:
            await self._app(scope, receive, listening)
        finally:
            line = {"path": scope["path"], "may_see": False, "text": "\n".join(said)}
            self._answers.write(json.dumps(line).encode() + b"\n")

    def _write(self, scope: Scope, said: Said) -> None:
        # Whoever is not known may see nobody, whatever their token claims.
        is_known = said.status != HTTPStatus.UNAUTHORIZED
        path, head = RESULTS
        is_own = scope["path"] == path and head in said.head
        may_see = is_known and (is_own or self._may_see(scope))
        line = {"path": scope["path"], "may_see": may_see, "text": said.text}
        self._answers.write(json.dumps(line).encode() + b"\n")

    def _may_see(self, scope: Scope) -> bool:
        """Say whether who asked may see people, by their token or their session."""
        if scope["path"].startswith(CONSOLE):
            # Whose session it is, the gateway alone knows; what they may, their entry.
            caller = request_of(scope).caller
            config = self._folder / "gateway.toml"
            return caller is not None and caller.id in callers_who_see_people(config)
        return may_see_people(self._folder, self._token(scope))

    def _token(self, scope: Scope) -> str | None:
        """Return the token that was shown; the one that is given, for the page's."""
        if scope["path"] == PAGES_OPTIONS:
            return page_token(self._folder)
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None


def load(config: str) -> ASGIApp:
    """Return what a worker runs: the gateway's application, heard."""
    return Heard(load_app(config), Path(config))


if __name__ == "__main__":
    if UNTIL_STDIN_CLOSES in sys.argv:
        end_with_stdin()
    serve(Path(sys.argv[1]), load)
