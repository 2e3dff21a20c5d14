"""Prometheus metrics, which have no personal data: those of every feature together.

Labels are agency ids, outcomes and refusal codes: closed sets all, so that nobody
outside can grow them. ``docs/operating.md`` lists the metrics and a test compares.
"""

from prometheus_client import CollectorRegistry

from gateway.admission.metrics import AdmissionMetrics
from gateway.callers.metrics import CallersMetrics
from gateway.collection.metrics import CollectionMetrics
from gateway.console.metrics import ConsoleMetrics
from gateway.graphql_http.metrics import RequestsMetrics
from gateway.ledger.metrics import LedgerMetrics
from gateway.privacy.metrics import PrivacyMetrics
from gateway.providers.metrics import ProvidersMetrics
from gateway.receipts.metrics import ReceiptsMetrics
from gateway.registration.metrics import SanctionsMetrics
from gateway.registry.metrics import (
    AgenciesMetrics,
    QualityMetrics,
    RegistryMetrics,
    VersionMetrics,
)
from gateway.reloading.metrics import ReloadMetrics
from gateway.sockets.metrics import SocketsMetrics
from gateway.status.metrics import StatusMetrics
from gateway.subscriptions.metrics import SubscriptionsMetrics
from gateway.tasks import TasksMetrics
from gateway.tracing.metrics import TracesMetrics
from gateway.transparency.metrics import TransparencyMetrics


class Metrics:
    """The gateway's metrics, by feature."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        """Prometheus' registry, not that of connectors."""
        self.callers = CallersMetrics(self.registry)
        self.status = StatusMetrics(self.registry)
        self.subscriptions = SubscriptionsMetrics(
            self.registry, self.callers.unauthenticated
        )
        self.tasks = TasksMetrics(self.registry)
        self.sockets = SocketsMetrics(self.registry)
        self.agencies = AgenciesMetrics(self.registry)
        self.admission = AdmissionMetrics(self.registry)
        self.requests = RequestsMetrics(self.registry)
        self.console = ConsoleMetrics(self.registry)
        self.privacy = PrivacyMetrics(self.registry)
        self.live_registry = RegistryMetrics(self.registry)
        self.sanctions = SanctionsMetrics(self.registry)
        self.quality = QualityMetrics(self.registry)
        self.versions = VersionMetrics(self.registry)
        self.collection = CollectionMetrics(self.registry)
        self.ledger = LedgerMetrics(self.registry)
        self.providers = ProvidersMetrics(self.registry)
        self.receipts = ReceiptsMetrics(self.registry)
        self.transparency = TransparencyMetrics(self.registry)
        self.reload = ReloadMetrics(self.registry)
        self.traces = TracesMetrics(self.registry)
