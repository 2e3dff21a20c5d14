"""What the list in hand says is put on certificates; without one nothing is good."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import aiohttp
import pytest

from connectors.answer import Answer, SourceOutcome
from connectors.errors import ManifestError
from connectors.manifest import Manifest, read_manifest
from connectors.network.addresses import AddressGuard
from connectors.status.listed_states import EARLIEST, RETRY_SECONDS, ListedStates
from policy.certificate import CertificateState
from signing.trust import KeyState, TrustBundle
from tests.connectors.agency import BUNDLE, MANIFEST, NOW, signing_key, trusted
from tests.connectors.status.listing import Lists, status_list
from tests.resolvers.attested import certificate
from tests.serving import serving

VALID, SUSPENDED, REVOKED = (
    CertificateState.VALID,
    CertificateState.SUSPENDED,
    CertificateState.REVOKED,
)


def listing(url: str, values: str = "", state: str = 'state = "state"') -> Manifest:
    text = MANIFEST.replace('state = "state"', f'{state}\nstatus_index = "place"')
    table = f'[status_list]\nurl = "{url}"\n'
    return read_manifest(f"{text}\n{table}{values}")


@dataclass
class Scene:
    """A list, and an agency's view of it at some moment."""

    lists: Lists
    url: str
    states: ListedStates
    now: datetime = NOW

    async def offer(
        self,
        values: list[int],
        issued_at: datetime = NOW,
        bundle: TrustBundle = BUNDLE,
        **more: object,
    ) -> None:
        """Publish a list, and fetch it."""
        signed = status_list(values, issued_at, url=self.url, **more)  # type: ignore[arg-type]  # test literals
        self.lists.body = signed.signature
        await self.states.refresh(bundle)

    def state(
        self, place: int | None = 0, stated: CertificateState | None = VALID
    ) -> CertificateState | None:
        """Return what a certificate's state is, stated so by its record."""
        one = certificate(state=stated, status_index=place)
        answer = Answer(
            agency="transport", outcome=SourceOutcome.ANSWERED, certificates=(one,)
        )
        return self.states.put_on(answer).certificates[0].record.state


async def is_so(so: Callable[[], bool]) -> None:
    """Wait until what goes on in the background has come so far."""
    async with asyncio.timeout(5):
        while not so():  # noqa: ASYNC110 - nothing tells of it but what it leaves
            await asyncio.sleep(0.01)


async def scene_of(lists: Lists, port: int, session: aiohttp.ClientSession) -> Scene:
    url = f"http://127.0.0.1:{port}/1"
    manifest = listing(url, '[status_list.values]\n3 = "CANCELLED"\n')
    scene: Scene
    states = ListedStates(manifest, session, lambda: scene.now)
    scene = Scene(lists, url, states)
    return scene


@pytest.fixture(name="scene")
async def _scene() -> AsyncIterator[Scene]:
    lists = Lists()
    async with serving(lists.serve) as port, aiohttp.ClientSession() as session:
        yield await scene_of(lists, port, session)


async def test_the_worse_of_the_list_and_the_record_counts(scene: Scene) -> None:
    await scene.offer([0, 1, 2, 3])

    assert [scene.state(place) for place in range(4)] == [
        *(VALID, REVOKED, SUSPENDED, CertificateState.CANCELLED),
    ]
    assert scene.state(0, REVOKED) is REVOKED
    assert scene.state(0, None) is None
    assert scene.lists.asked == ["GET /1 HTTP/1.1"]


@pytest.mark.parametrize("place", [None, 4, 999])
async def test_a_certificate_that_is_not_in_the_list_is_not_good(
    scene: Scene, place: int | None
) -> None:
    await scene.offer([0, 0, 0, 0])

    assert scene.state(place) is None


async def test_a_value_that_means_nothing_is_not_good(scene: Scene) -> None:
    await scene.offer([9], bits=4)

    assert scene.state() is None


async def test_before_the_first_list_nothing_is_good(scene: Scene) -> None:
    assert scene.state() is None
    assert scene.state(0, REVOKED) is REVOKED


async def test_a_list_in_hand_is_shown_as_it_was_signed_while_it_counts(
    scene: Scene,
) -> None:
    before = scene.states.envelope
    await scene.offer([0], ttl=600)

    shown = scene.states.envelope
    scene.now = NOW + timedelta(seconds=600)

    assert (before, scene.states.envelope) == (None, None)
    assert shown is not None
    assert shown.signature == scene.lists.body


async def test_a_list_in_hand_is_good_until_its_time_is_over(scene: Scene) -> None:
    await scene.offer([0], ttl=600)
    scene.lists.status = "503 Busy"
    await scene.states.refresh(BUNDLE)
    last = NOW + timedelta(seconds=600)

    scene.now = last - timedelta(seconds=1)
    before, until = scene.state(), scene.states.until
    scene.now = last

    assert (before, until, scene.states.fault) == (VALID, last, "UNREACHABLE")
    assert (scene.state(), scene.states.until) == (None, None)


async def test_a_list_that_is_not_believed_ends_the_one_in_hand(scene: Scene) -> None:
    await scene.offer([0])
    await scene.offer([0], key=signing_key())

    assert (scene.state(), scene.states.fault) == (None, "BAD_SIGNATURE")


async def test_an_older_list_is_not_taken_again(scene: Scene) -> None:
    await scene.offer([2])
    await scene.offer([0], NOW - timedelta(seconds=5))

    assert (scene.state(), scene.states.fault) == (None, "ROLLED_BACK")
    await scene.offer([2], NOW + timedelta(seconds=5))
    assert scene.state() is SUSPENDED


async def test_of_two_lists_of_one_second_the_older_is_not_taken_again(
    scene: Scene,
) -> None:
    await scene.offer([2], stated={"length": 1, "sequence": 2})
    await scene.offer([0], stated={"length": 1, "sequence": 1})
    older = scene.state(), scene.states.fault
    await scene.offer([0])

    assert older == (None, "ROLLED_BACK")
    assert (scene.state(), scene.states.fault) == (None, "ROLLED_BACK")
    await scene.offer([2], stated={"length": 1, "sequence": 2})
    assert scene.state() is SUSPENDED


async def test_padding_is_not_good(scene: Scene) -> None:
    await scene.offer([0, 0, 0, 0, 0, 1], stated={})

    assert [scene.state(place) for place in range(8)] == [
        *(VALID, VALID, VALID, VALID, None, REVOKED, None, None),
    ]


async def test_the_manifest_may_say_how_many_places_there_are(scene: Scene) -> None:
    manifest = listing(scene.url, "length = 3\n")
    scene.states = ListedStates(manifest, scene.states._session, lambda: scene.now)
    await scene.offer([0, 0, 0], stated={})

    assert [scene.state(place) for place in range(4)] == [VALID] * 3 + [None]


async def test_a_list_in_hand_ends_when_we_say(scene: Scene) -> None:
    manifest = listing(scene.url, "max_age_seconds = 300\n")
    scene.states = ListedStates(manifest, scene.states._session, lambda: scene.now)
    await scene.offer([0], ttl=10**9)
    last = NOW + timedelta(seconds=300)

    scene.now = last - timedelta(seconds=1)
    before, until = scene.state(), scene.states.until
    scene.now = last

    assert (before, until) == (VALID, last)
    assert (scene.state(), scene.states.until) == (None, None)


async def test_a_list_in_hand_ends_after_a_day_at_the_latest(scene: Scene) -> None:
    await scene.offer([0], ttl=10**9)

    assert scene.states.until == NOW + timedelta(hours=24)


@pytest.mark.parametrize("state", [KeyState.COMPROMISED, KeyState.RETIRED])
async def test_a_key_withdrawn_while_a_list_is_fetched_ends_it(state: KeyState) -> None:
    """The fetch under way ends after the keys have changed, and the server is away."""
    lists, keys = Lists(), [BUNDLE]
    begun, may_answer = asyncio.Event(), asyncio.Event()

    async def slowly(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        begun.set()
        await may_answer.wait()
        await lists.serve(reader, writer)

    async with serving(slowly) as port, aiohttp.ClientSession() as session:
        scene = await scene_of(lists, port, session)
        signed = status_list([0], NOW, url=scene.url)
        lists.body = signed.signature
        scene.states.start(lambda: keys[0])
        await begun.wait()
        keys[0] = TrustBundle.of([trusted(state=state)])
        scene.states.forget()
        may_answer.set()
        await is_so(lambda: scene.states.fault != "KEYS_CHANGED")
        await scene.states.close()

    assert (scene.state(), scene.states.fault) == (None, "KEY_NOT_IN_FORCE")


@pytest.mark.parametrize("state", [KeyState.COMPROMISED, KeyState.RETIRED])
async def test_a_key_withdrawn_ends_the_list_in_hand(state: KeyState) -> None:
    lists, keys = Lists(), [BUNDLE]
    async with serving(lists.serve) as port, aiohttp.ClientSession() as session:
        scene = await scene_of(lists, port, session)
        lists.body = status_list([0], NOW, url=scene.url).signature
        scene.states.start(lambda: keys[0])
        await is_so(lambda: scene.states.fault is None)
        before = scene.state()
        keys[0] = TrustBundle.of([trusted(state=state)])

        after = scene.state(), scene.states.until, scene.state(0, REVOKED)
        await scene.states.close()

    assert (before, after) == (VALID, (None, None, REVOKED))


async def test_a_list_in_hand_ends_with_its_keys_window(scene: Scene) -> None:
    ends = NOW + timedelta(seconds=60)
    short = TrustBundle.of([replace(trusted(), not_after=ends)])
    await scene.offer([0], ttl=600, bundle=short)

    scene.now = ends
    last = scene.state()
    scene.now = ends + timedelta(seconds=1)

    assert (last, scene.state()) == (VALID, None)


async def test_other_keys_end_the_list_in_hand(scene: Scene) -> None:
    await scene.offer([0])
    scene.states.forget()

    assert scene.state() is None


async def test_a_body_without_an_end_in_sight_is_not_read_to_it(scene: Scene) -> None:
    scene.lists.body = b"x" * 1_000_000
    await scene.states.refresh(BUNDLE)

    assert scene.states.fault == "OVERSIZE"


async def test_a_redirect_is_not_followed(scene: Scene) -> None:
    scene.lists.status = f"302 Found\r\nLocation: {scene.url}"
    await scene.states.refresh(BUNDLE)

    assert scene.states.fault == "UNREACHABLE"
    assert len(scene.lists.asked) == 1


async def test_a_registered_agencys_list_leads_to_nothing_inside() -> None:
    lists = Lists()
    async with serving(lists.serve) as port, AddressGuard().session() as session:
        scene = await scene_of(lists, port, session)
        await scene.offer([0])

    assert (scene.states.fault, lists.asked) == ("UNREACHABLE", [])


async def test_where_records_state_nothing_the_list_alone_counts() -> None:
    lists = Lists()
    async with serving(lists.serve) as port, aiohttp.ClientSession() as session:
        scene = await scene_of(lists, port, session)
        silent = listing(scene.url, state="")
        scene.states = ListedStates(silent, session, lambda: NOW)
        await scene.offer([0, 2])

    assert [scene.state(place, None) for place in (0, 1, 2)] == [
        *(VALID, SUSPENDED, None),
    ]


async def test_the_list_is_fetched_again_in_time() -> None:
    lists = Lists()
    async with serving(lists.serve) as port, aiohttp.ClientSession() as session:
        scene = await scene_of(lists, port, session)
        await scene.offer([0], ttl=600)
        pauses = [scene.states._pause() for _ in range(50)]

        scene.states.fault = "UNREACHABLE"
        soon = [scene.states._pause() for _ in range(50)]

    assert all(360 <= pause <= 540 for pause in pauses)
    assert len(set(pauses)) > 1
    assert all(RETRY_SECONDS * EARLIEST <= pause <= RETRY_SECONDS for pause in soon)
    assert len(set(soon)) > 1


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://lists.example.cn/1", "https"),
        ("https:///1", "no address"),
        ("https://lists.example.cn/1#x", "no address"),
        ("ftp://lists.example.cn/1", "https"),
    ],
)
def test_an_address_that_cannot_be_asked_is_refused(url: str, word: str) -> None:
    with pytest.raises(ManifestError, match=word):
        listing(url)


def test_a_list_without_an_index_in_the_record_is_refused() -> None:
    with pytest.raises(ManifestError, match="go together"):
        read_manifest(f'{MANIFEST}\n[status_list]\nurl = "https://a.example/1"\n')
