"""Why nobody answers is told at once, and waited for only where waiting helps."""

import asyncio
import socket
import ssl
import urllib.error
from pathlib import Path

import pytest

from bureau.caller import LookUp, Purpose
from gateway.batch.asking import Gateway
from gateway.client import tls_by
from gateway.collection.sending import RETRY_SECONDS, Compression, Sending, Sum
from gateway.collection.sent_lines import in_parts, read_lines
from gateway.errors import StartError
from gateway.ports import free_port
from gateway.unreached import NotReachedError, Reached, Silence, unreached
from tests.gateway.batch.test_asking import CLAIM, NODE, answer, answers, scripted
from tests.gateway.callers.authority import Authority, authority_in
from tests.gateway.collection.senders import key
from tests.serving import serving

NOWHERE = "https://no-such-gateway.invalid"


@pytest.fixture(name="authority")
def _authority(tmp_path: Path) -> Authority:
    return authority_in(tmp_path / "intranet")


def tls_of(authority: Authority) -> ssl.SSLContext:
    leaf = authority.leaf("server")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(leaf.certificate_file, leaf.key_file)
    return tls


async def collected(
    url: str, folder: Path, ca_file: Path | None = None
) -> tuple[object, list[float]]:
    """Send a line; return what became of it or what was said, and the waits."""
    waited: list[float] = []
    (folder / "lines").write_text("a.b.c\n", "utf-8")

    def send() -> Sum | str:
        sending = Sending(
            f"{url}/collect/transport",
            key(),
            Compression.NONE,
            sleep=waited.append,
            tls=tls_by(ca_file),
        )
        parts = in_parts(read_lines(folder / "lines", None), 10)
        try:
            return sending.send(parts, lambda _line, _result: None, lambda _done: None)
        except StartError as error:
            return str(error)

    return await asyncio.to_thread(send), waited


async def checked(url: str, ca_file: Path | None = None) -> tuple[object, list[float]]:
    """Ask about a claim; return what came or what was said, and the waits."""
    waited: list[float] = []
    gateway = Gateway(
        url=url,
        token="secret",
        look_up=LookUp(Purpose.SUBSIDY_CLAIM, "沪人社补〔2026〕12号"),
        language="zh",
        wait=waited.append,
        tls=tls_by(ca_file),
    )
    try:
        return await asyncio.to_thread(gateway.verify, [CLAIM]), waited
    except StartError as refusal:
        return str(refusal), waited


async def test_a_port_where_nobody_listens_is_told_at_once(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port('127.0.0.1')}"

    for said, waited in (await collected(url, tmp_path), await checked(url)):
        assert f"{url} does not answer: connection refused" in str(said)
        assert waited == []


async def test_who_issued_the_servers_certificate_is_stated(
    authority: Authority, tmp_path: Path
) -> None:
    async with scripted(answers(NODE), tls=tls_of(authority)) as server:
        url = f"https://127.0.0.1:{server.port}"
        doubted = [await collected(url, tmp_path), await checked(url)]
        unheard = list(server.asked)
        believed, _ = await checked(url, authority.file)

    for said, waited in doubted:
        assert "TLS: its certificate is not believed" in str(said)
        assert "--ca-file" in str(said)
        assert waited == []
    assert unheard == []
    assert isinstance(believed, tuple)


async def test_a_file_is_sent_to_whom_the_stated_issuer_vouches_for(
    authority: Authority, tmp_path: Path
) -> None:
    problem = {"code": "FOREIGN_KEY", "reason": {"en": "the key is another's"}}

    async def refuse(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(403, problem))
        await writer.drain()

    async with serving(refuse, tls=tls_of(authority)) as port:
        url = f"https://127.0.0.1:{port}"
        said, waited = await collected(url, tmp_path, authority.file)

    assert (said, waited) == ("FOREIGN_KEY: the key is another's", [])


async def test_https_to_whom_speaks_http_is_told_at_once(tmp_path: Path) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(answer(400, {}))
        await writer.drain()

    async with serving(plain) as port:
        url = f"https://127.0.0.1:{port}"
        found = [await collected(url, tmp_path), await checked(url)]

    for said, waited in found:
        assert "does not answer: TLS: " in str(said)
        assert "does it speak https?" in str(said)
        assert waited == []


async def test_a_gateway_that_answered_before_is_waited_for() -> None:
    async with scripted(answers(NODE)) as server:
        url = f"http://127.0.0.1:{server.port}"
        waited: list[float] = []
        gateway = Gateway(
            url=url,
            token="secret",
            look_up=LookUp(Purpose.SUBSIDY_CLAIM, "沪人社补〔2026〕12号"),
            language="zh",
            wait=waited.append,
        )
        await asyncio.to_thread(gateway.verify, [CLAIM])

    with pytest.raises(StartError, match="connection refused"):
        await asyncio.to_thread(gateway.verify, [CLAIM])

    assert len(waited) == len(RETRY_SECONDS)


def test_what_is_not_found_by_name_is_told_as_such() -> None:
    error = urllib.error.URLError(socket.gaierror(-2, "Name or service not known"))

    found = unreached(f"{NOWHERE}/collect/transport", error)

    assert found.silence is Silence.NAME
    assert str(found) == (
        f"{NOWHERE} does not answer: DNS: the name no-such-gateway.invalid is not "
        "found: Name or service not known; compare --url"
    )


@pytest.mark.parametrize(
    ("silence", "first", "later"),
    [
        pytest.param(Silence.TLS, False, False, id="TLS"),
        pytest.param(Silence.NAME, False, True, id="DNS"),
        pytest.param(Silence.REFUSED, False, True, id="refused"),
        pytest.param(Silence.PASSING, True, True, id="timed out"),
    ],
)
def test_where_waiting_helps(silence: Silence, first: bool, later: bool) -> None:
    def hopes(*, once: bool) -> bool:
        try:
            Reached(once).require_hope(NotReachedError("so", silence))
        except StartError:
            return False
        return True

    assert (hopes(once=False), hopes(once=True)) == (first, later)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(None, "No such file", id="no file"),
        pytest.param(b"", "no certificate in PEM", id="nothing"),
        pytest.param("证书".encode(), "no certificate in PEM", id="no PEM"),
    ],
)
def test_a_file_that_vouches_for_nobody_is_refused(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(StartError, match=says):
        tls_by(file)


def test_a_file_of_windows_vouches_as_well(
    authority: Authority, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    text = authority.file.read_bytes().replace(b"\n", b"\r\n")
    file.write_bytes("\ufeff# 内网\r\n".encode() + text)

    found = tls_by(file)

    assert found is not None
    assert len(found.get_ca_certs()) == 1
