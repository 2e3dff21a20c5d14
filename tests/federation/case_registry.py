"""An agency that says of each person what a case says, signed when the case says.

It speaks as the sandbox's emergency-management does, with that agency's own key.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from sandbox.agency import AgencyId
from sandbox.keys import load_keyring
from signing.envelope import PayloadType
from signing.sign import SigningKey, sign

AGENCY = AgencyId.EMERGENCY_MANAGEMENT
VERSIONS = Path("tests/cases/versions/people.json")


@dataclass
class CaseRegistry:
    """The people of a case, and what is sent about each: a record and its ``iat``."""

    key: SigningKey
    people: dict[str, list[tuple[dict[str, Any], int]]] = field(default_factory=dict)
    url: str = ""
    is_down: bool = False
    """Whether it hangs up on whoever asks."""

    def read(self, path: Path) -> None:
        """Know the people of a file of cases."""
        cases: Mapping[str, Any] = json.loads(path.read_text("utf-8"))[AGENCY]
        for number, case in cases.items():
            self.people[number] = [
                *((said, 0) for said in case["records"]),
                *((one["record"], one["iat"]) for one in case.get("at", [])),
            ]

    def answer(self, question: Mapping[str, Any]) -> bytes:
        """Return the answer to one question."""
        now = datetime.now(UTC) - timedelta(seconds=5)
        return json.dumps(
            {"results": [self._result(holder, now) for holder in question["holders"]]}
        ).encode()

    def _result(self, holder: Mapping[str, str], now: datetime) -> dict[str, object]:
        number = holder["idNumber"]
        said = self.people.get(number, [])
        absence = {"zjlx": holder["idType"], "zjhm": number, "zs": []}
        return {
            "idNumber": number,
            "records": [
                self._signed(PayloadType.RECORD, record, now + timedelta(seconds=iat))
                for record, iat in said
            ],
            "absence": None
            if said
            else self._signed(PayloadType.ABSENCE, absence, now),
        }

    def _signed(self, type_: PayloadType, said: object, at: datetime) -> str:
        payload = json.dumps(said, ensure_ascii=False).encode()
        return sign(payload, self.key, type=type_, signed_at=at).signature.decode()


@contextmanager
def serving_cases(folder: Path, *paths: Path) -> Iterator[CaseRegistry]:
    """Serve the people of files of cases, with the keys in ``folder``."""
    registry = CaseRegistry(load_keyring(folder, AGENCY).own)
    for path in paths:
        registry.read(path)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if registry.is_down:
                self.close_connection = True
                return
            length = int(self.headers["Content-Length"])
            body = registry.answer(json.loads(self.rfile.read(length)))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        registry.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield registry
        finally:
            server.shutdown()
            thread.join()
