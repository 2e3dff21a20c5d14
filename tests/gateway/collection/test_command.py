"""``gateway collect``: a whole file, in parts, and on after a cut."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bureau.collection import Outcome
from gateway.collection.sending import Compression, Sending, Sum
from gateway.collection.sent_lines import SentLine, in_parts, read_lines
from gateway.errors import StartError
from sandbox.agency import AgencyId
from sandbox.cli import run
from tests import nursery
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import Sender, key_of, line, payload, record
from tests.running import Agencies, Gateway
from tests.serving import serving


def records_of(sender: Sender, how_many: int) -> list[str]:
    return [
        record(sender.key, payload(person, f"C{n}"))
        for n, person in enumerate(nobodies(how_many), start=1)
    ]


def written(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def collect(sender: Sender, file: Path, key: Path, *more: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it printed."""
    done = nursery.run(
        [
            *(sys.executable, "-m", "gateway", "collect", str(file)),
            *("--url", sender.gateway.url, "--connector", sender.connector),
            *("--key", str(key), "--key-id", sender.key.kid, *more),
        ],
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(name="key")
def _key(sender: Sender, running_agencies: Agencies) -> Path:
    return running_agencies.folder / "keys" / f"{sender.key.kid}.pem"


def test_refused_lines_are_written_down_and_sent_again(
    sender: Sender, key: Path, tmp_path: Path
) -> None:
    good = [line(n, r) for n, r in enumerate(records_of(sender, 3), start=1)]
    spoilt = [good[0], line(2, "no.j.ws"), good[2]]
    refused = tmp_path / "refused"
    file = written(tmp_path / "records", spoilt)

    first = collect(sender, file, key, "--refused", str(refused))
    told = [json.loads(one) for one in refused.read_text("utf-8").splitlines()]
    written(file, good)
    second = collect(sender, file, key)

    assert (first[0], second[0]) == (1, 0), first[1] + second[1]
    assert [(one["line"], one["sequence"], one["code"]) for one in told] == [
        (2, 2, "NON_CANONICAL_BASE64URL")
    ]
    assert refused.stat().st_mode & 0o077 == 0
    assert "not sent, known" in second[1]
    assert sender.status()["records"] == {"lastSequence": 3, "missing": 0, "gaps": []}


def test_a_key_of_another_agency_sends_nothing(
    sender: Sender, running_agencies: Agencies, tmp_path: Path
) -> None:
    other = key_of(running_agencies, AgencyId.EMERGENCY_MANAGEMENT)
    file = written(tmp_path / "records", records_of(sender, 1))
    pem = running_agencies.folder / "keys" / f"{other.kid}.pem"

    code, said = collect(Sender(sender.gateway, sender.connector, other), file, pem)

    assert code == 2
    assert "FOREIGN_KEY" in said


@pytest.mark.parametrize(
    ("key", "says"),
    [
        pytest.param("nowhere.pem", "No such file", id="no key"),
        pytest.param("records", "no private key", id="no PEM"),
    ],
)
def test_what_cannot_be_sent_with_is_told(
    running_agencies: Agencies, tmp_path: Path, key: str, says: str
) -> None:
    nowhere = Gateway("http://127.0.0.1:1", tmp_path)
    sender = Sender(nowhere, "transport", key_of(running_agencies))
    file = written(tmp_path / "records", ["x"])

    code, said = collect(sender, file, tmp_path / key)

    assert (code, says in said) == (2, True), said


@asynccontextmanager
async def cutting(gateway: Gateway, cuts: dict[int, int]) -> AsyncIterator[str]:
    """Stand before the gateway; cut connections after so many bytes back."""
    address = urlsplit(gateway.url)
    seen = iter(range(1_000))

    async def pipe(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: float
    ) -> None:
        while most > 0 and (piece := await reader.read(1 << 16)):
            piece = piece[: int(min(most, 1 << 16))]
            most -= len(piece)
            writer.write(piece)
            await writer.drain()

    async def stand(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        most = cuts.get(next(seen), float("inf"))
        there = await asyncio.open_connection(address.hostname, address.port)
        onward = asyncio.ensure_future(pipe(reader, there[1], float("inf")))
        try:
            await pipe(there[0], writer, most)
        finally:
            onward.cancel()
            there[1].close()

    async with serving(stand) as port:
        yield f"http://127.0.0.1:{port}"


def sent(
    url: str,
    sender: Sender,
    file: Path,
    waited: list[float],
    compression: Compression = Compression.ZSTD,
) -> tuple[Sum, list[Any]]:
    """Send ``file`` in parts of 400 lines; return the sum and what was refused."""
    refused: list[Any] = []

    def note(line: SentLine, result: Any) -> None:
        refused.append((line.number, result["code"]))

    sending = Sending(
        f"{url}/collect/{sender.connector}",
        sender.key,
        compression,
        sleep=waited.append,
    )
    parts = in_parts(read_lines(file, 1), 400)
    return sending.send(parts, note, lambda _done: None), refused


async def test_a_transfer_that_is_cut_goes_on_and_nothing_is_lost_or_twice(
    sender: Sender, tmp_path: Path
) -> None:
    file = written(tmp_path / "records", records_of(sender, 1_000))
    waited: list[float] = []
    # The first question, the answer of the first part, and that of the second at once.
    async with cutting(sender.gateway, {0: 50, 2: 9_000, 4: 0}) as url:
        found, refused = await asyncio.to_thread(sent, url, sender, file, waited)

    told = found.outcomes[Outcome.ACCEPTED] + found.outcomes[Outcome.ALREADY_KNOWN]
    assert (told, refused) == (1_000, [])
    assert (found.outcomes[Outcome.REFUSED], found.missing) == (0, 0)
    assert len(waited) >= 3
    assert sender.status()["records"] == {
        "lastSequence": 1_000,
        "missing": 0,
        "gaps": [],
    }


@pytest.mark.parametrize("compression", Compression)
def test_a_file_of_bare_records_is_sent_whole(
    sender: Sender, tmp_path: Path, compression: Compression
) -> None:
    file = written(tmp_path / "records", records_of(sender, 900))

    found, _ = sent(sender.gateway.url, sender, file, [], compression)

    assert (found.outcomes[Outcome.ACCEPTED], found.is_settled) == (900, True)
    assert sender.status()["records"]["lastSequence"] == 900


async def test_a_gateway_that_stays_away_is_told(
    sender: Sender, tmp_path: Path
) -> None:
    file = written(tmp_path / "records", records_of(sender, 1))
    waited: list[float] = []
    cuts = dict.fromkeys(range(100), 0)

    async with cutting(sender.gateway, cuts) as url:
        with pytest.raises(StartError, match="run the same command again"):
            await asyncio.to_thread(sent, url, sender, file, waited)

    assert waited == [1.0, 2.0, 4.0, 8.0, 15.0]


@pytest.mark.parametrize("agency", AgencyId)
def test_the_sandbox_agencies_have_records_to_send(
    collecting: Gateway,
    running_agencies: Agencies,
    capsys: pytest.CaptureFixture[str],
    agency: AgencyId,
) -> None:
    folder = str(running_agencies.folder)

    assert run(["records", agency, "--dir", folder, "--holders", "5"]) == 0

    lines = capsys.readouterr().out.splitlines()
    sender = Sender(collecting, agency, key_of(running_agencies, agency))
    told = sender.send(lines)
    assert len(lines) >= 5
    assert set(told.outcomes) <= {"ACCEPTED", "ALREADY_KNOWN"}
