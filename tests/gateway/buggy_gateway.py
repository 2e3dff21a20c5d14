"""A gateway with bugs whose exceptions quote the person that was asked about.

Run as ``python -m tests.gateway.buggy_gateway gateway.toml``. Sealing a certificate's
id fails inside the graph; with an ``X-Bug: clock`` header the clock fails before it.
``certificate`` does not declare that it looks people up.
"""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.schema.schema_converter import GraphQLCoreConverter

from bureau.certificate_ids import KEY_BYTES, CertificateIds
from connectors.answer import ShownCertificate
from gateway.application_state import put_state, state_of
from gateway.clock import utc_now
from gateway.serve import serve
from gateway.worker import load_app
from resolvers.documents.documents import costs_of
from resolvers.schema import schema
from tests.heard import Heard

DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF
QUOTED = "quoted-from-the-question"


class QuotingIds(CertificateIds):
    """Seals nothing, and says whose certificate it was."""

    def seal(self, certificate: ShownCertificate) -> NoReturn:
        record = certificate.record
        cause = KeyError(record.holder_name)
        raise ValueError(f"{QUOTED}: {record.number}") from cause


def broken_clock() -> datetime:
    """Fail as a parser does that quotes its input."""
    raise ValueError(QUOTED)


def forget_to_declare(field: str) -> None:
    """Take away what a root field says of itself."""
    query = schema.core.query_type
    assert query is not None
    query.fields[field].extensions[DEFINITION].directives = []
    # Whoever forked this process may have read what fields declare.
    costs_of.cache_clear()


def load(config: str) -> ASGIApp:
    """Return the gateway, with its services replaced before each request."""
    forget_to_declare("certificate")
    app = load_app(config)

    async def buggy(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            bug = dict(scope["headers"]).get(b"x-bug")
            state = state_of({"app": app})
            services = replace(
                state.services,
                certificate_ids=QuotingIds(bytes(range(KEY_BYTES))),
                clock=broken_clock if bug == b"clock" else utc_now,
            )
            put_state(app, replace(state, services=services))
        await app(scope, receive, send)

    return Heard(buggy, Path(config))


if __name__ == "__main__":
    serve(Path(sys.argv[1]), load)
