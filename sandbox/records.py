"""Write an agency's records to be sent before it is asked: one a line, numbered."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, groupby, islice
from pathlib import Path

from policy.certificate import CertificateRecord
from sandbox import emergency_management, fire_rescue
from sandbox.agency import AgencyId
from sandbox.keys import load_keyring
from sandbox.population import entries
from sandbox.prepare import prepared_day
from sandbox.sealing import SIGNED_BEFORE_START, Sealer, to_json
from signing.envelope import PayloadType


def write_records(
    agency: AgencyId, directory: Path, holders: int, batch: int | None = None
) -> Iterator[str]:
    """Yield a line a certificate of the agency's synthetic holders, signed honestly.

    ``batch`` records at a time have one signature, if it is given.

    Raises:
        NotPreparedError: ``prepare`` has not been run on the folder.
    """
    sealer = Sealer(load_keyring(directory, agency), lambda: datetime.now(UTC))
    signed_at = sealer.now() - SIGNED_BEFORE_START
    numbers = count(1)
    found = (e.record for e in entries(agency, holders, prepared_day(directory)))
    payloads = (
        to_json(_words(agency, record, len(held)))
        for _, records in groupby(found, lambda record: record.holder)
        for held in [list(records)]
        for record in held
    )
    type_ = PayloadType.RECORD
    while together := list(islice(payloads, batch or 1)):
        for token in (
            sealer.batch(together, type_, signed_at)
            if batch
            else [sealer.token(together[0], type_, signed_at, None)]
        ):
            yield json.dumps({"sequence": next(numbers), "record": token}) + "\n"


def _words(agency: AgencyId, record: CertificateRecord, held: int) -> dict[str, object]:
    match agency:
        case AgencyId.EMERGENCY_MANAGEMENT:
            return emergency_management.record_words(record, held)
        case AgencyId.TRANSPORT:
            # Imported for the one agency that needs it, as in ``serve``.
            from sandbox import transport  # noqa: PLC0415

            return transport.record_words(record, held)
        case AgencyId.FIRE_RESCUE:
            return fire_rescue.record_words(record)
