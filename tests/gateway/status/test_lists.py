"""A gateway answers by an agency's status list, and says UNKNOWN once there is none."""

import asyncio
from pathlib import Path

from tests.connectors.status.listing import Lists, now, status_list
from tests.gateway.collection.sending import key_of
from tests.gateway.registration.joining import seconds_until
from tests.gateway.status.sending import certificates
from tests.running import Agencies, Gateway, running_gateway
from tests.serving import serving

METRIC = 'gateway_status_list_until_timestamp_seconds{agency="transport"} '
PLACE = 3
TTL = 3


def shown(gateway: Gateway, number: str) -> tuple[str | None, str]:
    (certificate,) = certificates(gateway, number)
    return certificate["state"], certificate["standing"]


def until(gateway: Gateway) -> float:
    lines = gateway.get("/metrics")[1].splitlines()
    return next(float(li.removeprefix(METRIC)) for li in lines if METRIC in li)


async def test_answers_follow_the_list_and_are_unknown_without_one(
    agencies: Agencies, tmp_path: Path
) -> None:
    number = agencies.person("all-three")["idNumber"]
    key, lists = key_of(agencies), Lists()

    def scene(url: str) -> None:
        def publish(value: int) -> None:
            values = [0] * PLACE + [value]
            signed = status_list(values, now(), key=key, url=url, ttl=TTL)
            lists.body = signed.signature

        publish(0)
        table = (
            f'[status_list]\nurl = "{url}"\n\n[record]\nstatus_index = "`{PLACE}`"\n'
        )
        manifest = {"transport": ("[record]\n", table)}
        with running_gateway(tmp_path, agencies, manifest=manifest) as gateway:

            def follows(value: int, word: str) -> bool:
                # The last one may be over before it was fetched.
                publish(value)
                return shown(gateway, number) == (word, word)

            seconds_until(lambda: follows(0, "VALID"))
            assert until(gateway) > 0
            seconds_until(lambda: follows(2, "SUSPENDED"))
            lists.body = b"no.list.-"
            seconds_until(lambda: shown(gateway, number) == (None, "UNKNOWN"))
            assert until(gateway) == 0

    async with serving(lists.serve) as port:
        await asyncio.to_thread(scene, f"http://127.0.0.1:{port}/1")

    assert set(lists.asked) == {"GET /1 HTTP/1.1"}
