"""Compose the intake of transfers."""

from gateway.collection.intake import Intake, Observer
from gateway.collection.records import RecordHandler
from gateway.collection.states import StatusHandler
from gateway.settings.collection import Collection
from resolvers.context import Services
from store.collection.positions import StoredPositions
from store.collection.records import StoredRecords
from store.ledger.causes import follow_change, open_seen
from store.status.intake import StatesIntake
from store.store import Store
from store.used_tokens import StoredUsedTokens


def open_intake(
    options: Collection, services: Services, store: Store, reports: Observer
) -> Intake:
    """Return the intake of all streams."""
    pseudonyms = services.oversight.pseudonyms
    handler = RecordHandler(
        store=StoredRecords(store, open_seen),
        ids=services.certificate_ids,
        people_of=pseudonyms.all_of,
        collected=services.collected,
        marks=services.certificate_ids.signatures,
        counted=services.quality.collected,
        versions=services.versions,
    )
    status = StatusHandler(
        states=StatesIntake(store, follow_change),
        ids=services.certificate_ids,
        pseudonyms=pseudonyms,
        note=services.sent_changes.note,
        settle=services.quality.settle,
        alert=reports.unknown_certificates,
    )
    return Intake(
        live=services.live,
        used=StoredUsedTokens(store.writer),
        positions=StoredPositions(store),
        handlers={handler.stream: handler, status.stream: status},
        options=options,
        reports=reports,
        clock=services.clock,
    )
