"""What the sandbox prints to be sent is believed line by line, signed alone or not."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sandbox.agency import AgencyId
from sandbox.keys import read_trust
from sandbox.prepare import prepare
from sandbox.records import write_records
from signing import base64url
from signing.envelope import Envelope, PayloadType, verify


@pytest.mark.parametrize("with_sm2", [False, True], ids=["PS256", "SM2"])
@pytest.mark.parametrize("batch", [None, 1, 4, 256])
def test_every_line_is_believed_by_itself(
    tmp_path: Path, batch: int | None, *, with_sm2: bool
) -> None:
    prepare(tmp_path, date(2026, 11, 23), with_sm2=with_sm2)
    bundle = read_trust(tmp_path)
    assert bundle is not None

    written = [*write_records(AgencyId.FIRE_RESCUE, tmp_path, 10, batch)]

    lines = [json.loads(line) for line in written]
    assert [line["sequence"] for line in lines] == [*range(1, len(lines) + 1)]
    assert len(lines) > 4
    for line in lines:
        verify(
            Envelope(line["record"].encode()),
            bundle,
            types={PayloadType.RECORD},
            at=datetime.now(UTC),
            freshness=None,
        )
    headers = [header_of(line["record"]) for line in lines]
    assert {"batch" in header for header in headers} == {batch is not None}


def header_of(token: str) -> dict[str, object]:
    header: dict[str, object] = json.loads(
        base64url.decode(token.split(".", maxsplit=1)[0].encode(), "header")
    )
    return header
