"""Manifests become agencies, in a fixed order, or are refused by what is wrong."""

from pathlib import Path

import aiohttp
import pytest

from connectors.agency import Agency
from connectors.collection.connector import CollectedConnector
from connectors.errors import ManifestError
from connectors.manifest import Manifest
from connectors.null_observer import NullObserver
from connectors.registry import Registry, load_manifests, open_agency
from policy.catalogue import load_catalogue
from tests.connectors.agency import BUNDLE, COLLECTION_BODY, MANIFEST, NOW, manifest
from tests.connectors.collection.test_connector import ONLY_SENDS, Sent


def test_manifests_are_loaded_in_the_order_of_their_files(tmp_path: Path) -> None:
    for name, id_ in (("b", "first"), ("a", "second")):
        text = MANIFEST.replace('id = "transport"', f'id = "{id_}"', 1)
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    (tmp_path / "note.txt").write_text("no manifest")

    assert [one.id for one in load_manifests(tmp_path)] == ["second", "first"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, r"no \*\.toml manifest in .*; add one an agency"),
        ({"a": MANIFEST, "b": MANIFEST}, r"b\.toml: id 'transport' is taken already"),
        ({"a": "id = "}, r"a\.toml: "),
        ({"a": "\udcff"}, r"a\.toml: "),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_by_its_file(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(ManifestError, match=said):
        load_manifests(tmp_path)


async def opened(rules: Manifest, *, with_what_was_sent: bool = False) -> Agency:
    collected = Sent() if with_what_was_sent else None
    async with aiohttp.ClientSession() as session:
        return open_agency(
            rules,
            session=session,
            bundle=BUNDLE,
            catalogue=load_catalogue(),
            observer=NullObserver(),
            clock=lambda: NOW,
            collected=collected,
        )


async def test_an_agency_answers_for_the_rows_of_its_body() -> None:
    agency = await opened(manifest())

    assert (agency.id, agency.authority.id) == ("transport", "transport")
    assert agency.rows == load_catalogue().rows_of(COLLECTION_BODY)
    assert agency.listed is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('authority = "transport"', 'authority = "nobody"'),
        (f'collection_body = "{COLLECTION_BODY}"', 'collection_body = "nobody"'),
    ],
)
async def test_an_institution_that_the_annex_has_not_is_refused(
    before: str, after: str
) -> None:
    with pytest.raises(ManifestError, match="transport: no body 'nobody' in the annex"):
        await opened(manifest((before, after)))


async def test_who_only_sends_is_answered_for_by_what_was_sent() -> None:
    with pytest.raises(ManifestError, match="transport: nothing is collected here"):
        await opened(ONLY_SENDS)
    agency = await opened(ONLY_SENDS, with_what_was_sent=True)

    assert isinstance(agency._connector, CollectedConnector)


async def test_an_agency_is_found_by_its_id_or_by_that_of_whom_it_replaced() -> None:
    agency = await opened(manifest())
    registry = Registry([agency], {"old": "transport", "older": "gone"})

    assert registry.agencies == (agency,)
    assert registry.agency("transport") is agency
    assert registry.agency("old") is None
    assert registry.agency_after("old") is agency
    assert registry.agency_after("transport") is agency
    assert registry.agency_after("older") is registry.agency_after("?") is None
    await registry.close()
