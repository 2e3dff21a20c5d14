"""A secret is unwrapped as the manifest says, and the time is the platform's."""

import base64
import json
import time
from email.utils import formatdate

import pytest
from aiohttp import web
from msgspec.structs import replace

from connectors.errors import ManifestError, RefusedError, UnreadableError
from connectors.manifest_exchange import NationalExchange, Wrapping
from connectors.protocols.national_exchange import MOST_SKEW_SECONDS, KeyService
from gateway.clock import utc_now
from sandbox.exchange import wrap
from tests.connectors.protocols.test_exchange import exchange_with

KEY = "0123456789abcdef"
SECRET = b"s" * 32
TABLE = NationalExchange(requester="hr", service="s", application_key=KEY)


class Said:
    """What a key service says, and at what time it was asked."""

    def __init__(
        self, *, wrapping: str = "aes-ecb", ahead: float = 0.0, date: str | None = None
    ) -> None:
        self.date = date
        self.asked_at: list[float] = []
        self.ahead = ahead
        self.data: dict[str, object] = {
            "secret": base64.b64encode(wrap(wrapping, KEY.encode(), SECRET)).decode(),
            "secretEndTime": int((time.time() + ahead + 3600) * 1000),
        }

    @property
    def _now(self) -> str:
        return formatdate(time.time() + self.ahead, usegmt=True)

    async def handle(self, request: web.Request) -> web.Response:
        moment = int(request.headers[TABLE.time_header]) / 1000
        self.asked_at.append(moment - time.time())
        return web.Response(
            text=json.dumps({"code": 200, "data": self.data}),
            content_type="application/json",
            headers={"Date": self._now if self.date is None else self.date},
        )


@pytest.mark.parametrize("wrapping", list(Wrapping))
async def test_a_secret_is_unwrapped(wrapping: Wrapping) -> None:
    async with exchange_with(Said(wrapping=wrapping).handle) as exchange:
        service = KeyService(exchange, replace(TABLE, wrapping=wrapping), utc_now)

        assert await service.secret() == SECRET


async def test_what_is_wrapped_otherwise_is_told_with_what_to_compare() -> None:
    async with exchange_with(Said(wrapping="aes-ecb").handle) as exchange:
        service = KeyService(
            exchange, replace(TABLE, wrapping=Wrapping.AES_KW), utc_now
        )

        with pytest.raises(UnreadableError, match=r"national_exchange\.wrapping"):
            await service.secret()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret", None),
        ("secret", 1),
        ("secretEndTime", None),
        ("secretEndTime", True),
        ("secretEndTime", "tomorrow"),
        ("secretEndTime", -1),
        ("secretEndTime", "9" * 5000),
    ],
)
async def test_a_secret_without_its_end_is_none(name: str, value: object) -> None:
    said = Said()
    said.data[name] = value
    async with exchange_with(said.handle) as exchange:
        with pytest.raises(RefusedError, match="no secret with its end"):
            await KeyService(exchange, TABLE, utc_now).secret()


@pytest.mark.parametrize("secret", ["", "no base64!", "QUJD"])
async def test_a_secret_that_is_none_is_told(secret: str) -> None:
    said = Said()
    said.data["secret"] = secret
    async with exchange_with(said.handle) as exchange:
        with pytest.raises(UnreadableError, match="not wrapped under our"):
            await KeyService(exchange, TABLE, utc_now).secret()


@pytest.mark.parametrize("ahead", [-300.0, 300.0])
async def test_its_clock_is_gone_by(ahead: float) -> None:
    said = Said(ahead=ahead)
    async with exchange_with(said.handle) as exchange:
        await KeyService(exchange, TABLE, utc_now).secret()

    first, second = said.asked_at
    assert abs(first) < 60
    assert abs(second - ahead) < 60


@pytest.mark.parametrize("ahead", [0.0, 2 * MOST_SKEW_SECONDS, -2 * MOST_SKEW_SECONDS])
async def test_a_clock_that_is_right_or_none_changes_nothing(ahead: float) -> None:
    said = Said(ahead=ahead)
    said.data["secretEndTime"] = int((time.time() + 3600) * 1000)
    async with exchange_with(said.handle) as exchange:
        await KeyService(exchange, TABLE, utc_now).secret()

    (asked_at,) = said.asked_at
    assert abs(asked_at) < 60


@pytest.mark.parametrize("date", ["", "soon", "Mon, 01 Jan 0001 00:00:00 -0000"])
async def test_a_date_that_is_none_changes_nothing(date: str) -> None:
    said = Said(date=date)
    async with exchange_with(said.handle) as exchange:
        assert await KeyService(exchange, TABLE, utc_now).secret() == SECRET

    assert len(said.asked_at) == 1


@pytest.mark.parametrize(
    ("form", "key"),
    [
        ("text", KEY),
        ("hex", KEY.encode().hex()),
        ("base64", "MDEyMzQ1Njc4OWFiY2RlZg=="),
    ],
)
async def test_a_key_is_read_as_it_is_written(form: str, key: str) -> None:
    table = replace(TABLE, application_key=key, application_key_form=form)
    async with exchange_with(Said().handle) as exchange:
        assert await KeyService(exchange, table, utc_now).secret() == SECRET


@pytest.mark.parametrize(
    ("form", "key"), [("text", "short"), ("hex", "zz" * 16), ("base64", KEY + "=")]
)
async def test_a_key_that_is_none_is_refused_and_not_repeated(
    form: str, key: str
) -> None:
    table = replace(TABLE, application_key=key, application_key_form=form)
    async with exchange_with(Said().handle) as exchange:
        with pytest.raises(ManifestError, match="no key of 16, 24, 32") as refused:
            KeyService(exchange, table, utc_now)

    assert key not in str(refused.value)
