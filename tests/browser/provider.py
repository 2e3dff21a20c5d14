"""A small provider of OpenID Connect on this machine, which signs everybody in.

It is strict where the console has to be right: a code is exchanged once, by who began
with its challenge (PKCE, S256), at the address that was stated.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.gateway.callers.minting import ES256, Mint, jwk, key_set

CLIENT = "console"
AUDIENCE = "gateway"
SUBJECT = "officer-7"


@dataclass(slots=True)
class Provider:
    """The provider, and what it does wrong."""

    issuer: str = ""
    id_changes: dict[str, Any] = field(default_factory=dict)
    """Claims of its next ID tokens."""
    answer_changes: dict[str, str] = field(default_factory=dict)
    """Parameters of its next answers."""
    keeps_people: bool = False
    """Whether it leaves people on its own page."""
    says: Any = None
    """What it says of itself instead of the truth."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def configuration(self) -> Any:
        """Return what it says of itself."""
        return self.says or {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where to go on with a code."""
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        stated = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode({**stated, **self.answer_changes})}"

    def tokens(self, form: dict[str, str]) -> dict[str, str] | None:
        """Return the tokens for a code; ``None`` if it is not exchanged."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or challenge != asked["code_challenge"]
            or form.get("redirect_uri") != asked["redirect_uri"]
        ):
            return None
        mint, now = Mint(), int(time.time())
        times = {"iss": self.issuer, "iat": now, "exp": now + 300, "sub": SUBJECT}
        return {
            "token_type": "Bearer",
            "access_token": mint.token(
                **times, aud=AUDIENCE, client_id=CLIENT, scope="certificates:read"
            ),
            "id_token": mint.token(
                {"typ": None},
                **{**times, "aud": CLIENT, "nonce": asked["nonce"], **self.id_changes},
            ),
        }


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Run it until the end of the block."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        """Answers for the provider."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize" and not provider.keeps_people:
                asked = {name: one[0] for name, one in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif parts.path == "/jwks":
                self._answer(key_set(jwk("es256-1", ES256)))
            else:
                self._answer(json.dumps(provider.configuration()).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: one[0] for name, one in parse_qs(body).items()}
            tokens = provider.tokens(form)
            self._answer(json.dumps(tokens or {}).encode(), 200 if tokens else 400)

        def _answer(self, body: bytes, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
