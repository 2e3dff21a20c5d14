"""The token goes where it was told to, and nowhere else on the way."""

import asyncio
import json
import ssl
from pathlib import Path

import pytest

from gateway.client import NotAnsweredError, post, read_token
from gateway.errors import StartError
from gateway.unreached import NotReachedError
from tests.gateway.batch.test_asking import answer, scripted
from tests.gateway.callers.authority import authority_in
from tests.ports import free_port
from tests.serving import serving


async def posted(
    port: int, seconds: float = 5.0, scheme: str = "http"
) -> tuple[int, bytes]:
    """Ask whoever is at ``port``."""
    url = f"{scheme}://127.0.0.1:{port}"
    return await asyncio.to_thread(post, url, "secret", b"{}", timeout_seconds=seconds)


async def test_a_refusal_is_an_answer() -> None:
    async with scripted(answer(403, {"errors": []})) as server:
        status, text = await posted(server.port)

    assert (status, json.loads(text)) == (403, {"errors": []})


async def test_nobody_there_and_nobody_who_answers_are_told_apart() -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    with pytest.raises(NotReachedError, match="does not answer"):
        await posted(free_port("127.0.0.1"))
    async with serving(silent) as port:
        with pytest.raises(NotAnsweredError, match="timed out"):
            await posted(port, 0.3)


@pytest.mark.parametrize("status", [200, 403])
async def test_an_answer_that_is_cut_is_none(status: int) -> None:
    cut = answer(status, {"data": {}})[:-3]

    async with scripted(cut) as server:
        with pytest.raises(NotAnsweredError):
            await posted(server.port)


async def test_no_proxy_hears_a_token_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scripted(answer(200, {})) as proxy, scripted(answer(200, {})) as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        await posted(server.port)

    assert (len(server.asked), proxy.asked) == (1, [])


async def test_whose_certificate_nobody_vouches_for_hears_no_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = authority_in(tmp_path / "intranet")
    leaf = authority.leaf("server")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(leaf.certificate_file, leaf.key_file)

    async with scripted(answer(200, {}), tls=tls) as server:
        with pytest.raises(NotReachedError, match="CERTIFICATE_VERIFY_FAILED"):
            await posted(server.port, scheme="https")
        unheard = list(server.asked)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        status, _ = await posted(server.port, scheme="https")

    assert (unheard, status, len(server.asked)) == ([], 200, 1)


def test_a_token_is_read_without_the_space_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("  of-a-file\n", "utf-8")
    monkeypatch.setenv("A_TOKEN", "of-a-variable")

    assert read_token(tmp_path / "token", "A_TOKEN") == "of-a-file"
    assert read_token(None, "A_TOKEN") == "of-a-variable"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(None, "No such file", id="no file"),
        pytest.param(b"\xff", "decode", id="no text"),
        pytest.param(b" \n", "state a token: --token-file FILE", id="nothing"),
        pytest.param(b"one\r\nX-More: two", "no token has", id="a header more"),
        pytest.param("令牌".encode(), "no token has", id="Chinese"),
    ],
)
def test_what_is_no_token_is_refused(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)

    with pytest.raises(StartError, match=says):
        read_token(tmp_path / "token")
