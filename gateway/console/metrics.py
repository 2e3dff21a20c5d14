"""Metrics of the console."""

from collections.abc import Callable
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge


class Way(StrEnum):
    """A way to sign in."""

    TOKEN = "token"  # noqa: S105 - a way, no token
    OIDC = "oidc"


class SignIn(StrEnum):
    """How signing in ended."""

    DONE = "done"
    REFUSED = "refused"


class ConsoleMetrics:
    """Counts sessions, who signs in, and forms that were not sent from our pages."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._sessions = Gauge(
            "gateway_console_sessions",
            "Sessions of the console that did not end.",
            registry=registry,
        )
        self._sign_ins = Counter(
            "gateway_console_sign_ins",
            "Attempts to sign in to the console, by way and result.",
            ("way", "result"),
            registry=registry,
        )
        self._foreign_forms = Counter(
            "gateway_console_foreign_forms",
            "Forms refused since no page of ours sent them, by what was wrong.",
            ("reason",),
            registry=registry,
        )

    def count_sessions(self, count: Callable[[], float]) -> None:
        """Ask ``count`` how many sessions there are, whenever somebody looks."""
        self._sessions.set_function(count)

    def signed_in(self, way: Way, result: SignIn) -> None:
        """Somebody signed in, or was refused."""
        self._sign_ins.labels(way, result).inc()

    def foreign_form(self, reason: str) -> None:
        """A form was refused; ``reason`` is of a closed set."""
        self._foreign_forms.labels(reason).inc()
