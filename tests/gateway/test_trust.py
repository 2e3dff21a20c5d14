"""The trust bundle is compared with the annex before anything is believed."""

import sys
from pathlib import Path

import pytest

from gateway.errors import StartError
from gateway.trust import load_trust_bundle, read_bundle
from policy.catalogue import load_catalogue
from tests import nursery
from tests.federation.queries import TRANSPORT
from tests.running import Agencies, running_gateway
from tests.vectors import mint

BUNDLE = (mint.FOLDER / "trust.toml").read_text("utf-8")
WRONG = [
    pytest.param(
        'scope = ["1.1", "1.2"]',
        'scope = ["1.1", "9.99"]',
        "scope '9.99' of key 'test-safety-1' is no item of the annex; the nearest is",
        id="no item",
    ),
    pytest.param(
        'scope = ["1.1", "1.2"]',
        'scope = ["4-02-01-01"]',
        "scope '4-02-01-01' of key 'test-safety-1' is collected by "
        "'shanghai-transport-qualification-centre', not by "
        "'shanghai-work-safety-institute'",
        id="another body's item",
    ),
    pytest.param(
        'institution = "shanghai-work-safety-institute"',
        'institution = "shanghai-work-safety"',
        "institution 'shanghai-work-safety' of key 'test-safety-1' is no body of the "
        "annex; the nearest is 'shanghai-work-safety-institute'",
        id="no body",
    ),
]


@pytest.fixture(name="bundle")
def _bundle(tmp_path: Path) -> Path:
    path = tmp_path / "trust.toml"
    path.write_text(BUNDLE, "utf-8")
    return path


def test_a_bundle_that_fits_the_annex_is_loaded(bundle: Path) -> None:
    assert load_trust_bundle(bundle, load_catalogue()) == read_bundle(bundle)


@pytest.mark.parametrize(("old", "new", "says"), WRONG)
def test_a_bundle_that_contradicts_the_annex_is_not(
    bundle: Path, old: str, new: str, says: str
) -> None:
    bundle.write_text(BUNDLE.replace(old, new, 1), "utf-8")

    with pytest.raises(StartError) as refused:
        load_trust_bundle(bundle, load_catalogue())

    assert str(refused.value).startswith(f"trust bundle {bundle}: {says}")


def test_the_gateway_does_not_start_with_one(
    agencies: Agencies, tmp_path: Path
) -> None:
    misspelt = tmp_path / "misspelt"
    misspelt.mkdir()
    text = (agencies.folder / "trust.toml").read_text("utf-8")
    (misspelt / "trust.toml").write_text(text.replace('"4-02-01-01"', '"4-02-01-1"'))
    gone = Agencies(agencies.urls, misspelt, agencies.people)

    with (
        pytest.raises(StartError, match="nearest is '4-02-01-01'"),
        running_gateway(tmp_path, gone),
    ):
        pass


def test_an_old_bundle_is_still_read_by_verify(bundle: Path, tmp_path: Path) -> None:
    """It may name items that the annex has no more."""
    bundle.write_text(BUNDLE.replace('["1.1", "1.2"]', '["1.1", "9.99"]'), "utf-8")
    record = tmp_path / "record.jws"
    record.write_bytes(b"hello")

    done = nursery.run(
        [*(sys.executable, "-m", "gateway", "verify"), record, "--trust", bundle],
    )

    assert (done.returncode, done.stderr) == (1, "")


def test_a_bodys_name_is_found_however_its_brackets_and_spaces_are_written(
    agencies: Agencies, tmp_path: Path
) -> None:
    """The way policy compares names (219-2b) is the way the graph finds bodies."""
    stated = {
        TRANSPORT: (
            'authority = "authority"',
            "authority = \"join('　', ['上海市', '交通委员会'])\"",
        )
    }
    query = """query($n: String!) { holder(idNumber: $n) { ... on Holder {
      certificates { nodes { itemCode authority { id name } } } } } }"""
    person = agencies.person("all-three")

    with running_gateway(tmp_path, agencies, manifest=stated) as gateway:
        holder = gateway.ask(query, n=person["idNumber"])["holder"]

    (authority,) = [
        node["authority"]
        for node in holder["certificates"]["nodes"]
        if node["itemCode"] == "4-02-01-01"
    ]
    assert authority["id"] == "transport"
