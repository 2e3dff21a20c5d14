"""The page shows the demo's table as the command prints it; the demo is refused."""

import os
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.demo.demo import AGENCIES, write_configuration
from gateway.errors import StartError
from gateway.mlps3.items import load_items
from gateway.settings.settings import load_settings
from gateway.worker import refuse_unusable
from tests.architecture.documents import blocks
from tests.running import Agencies


@pytest.fixture(name="config")
def _config(tmp_path: Path, running_agencies: Agencies) -> Path:
    """The demo's configuration."""
    return write_configuration(
        tmp_path,
        trust_folder=running_agencies.folder,
        port=0,
        agencies=dict.fromkeys(AGENCIES, "http://127.0.0.1:1"),
        token="demo",
        id_number="",
    )


def printed(config: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["mlps3", "--config", str(config), *options])
    return done.exit_code, done.stdout


def test_the_pages_table_is_the_demos(config: Path) -> None:
    (shown,) = [b.text for b in blocks("text") if b.page == "docs/mlps3.md"]

    assert printed(config) == (1, shown)


def test_as_json_it_says_the_same(config: Path) -> None:
    code, text = printed(config, "--json")

    found = msgspec.json.decode(text)["items"]
    assert (code, [one["id"] for one in found]) == (
        1,
        [item.id for item in load_items().item],
    )
    assert found[0]["uses"][0]["algorithm"] == "a shared token"


def test_the_demo_does_not_start_by_the_profile(config: Path) -> None:
    text = config.read_text("utf-8")
    config.write_text(f'profile = "mlps3"\n{text}', "utf-8")

    with pytest.raises(StartError) as refused:
        refuse_unusable(load_settings(config, os.environ))

    _, text = printed(config)
    unmet = [
        line[7:].split(" ", 3)[:3]
        for line in text.splitlines()
        if line.startswith("UNMET")
    ]
    lines = str(refused.value).splitlines()
    assert lines[0] == f'profile = "mlps3": {len(unmet)} unmet'
    assert len(lines) == len(unmet) + 1
