"""The options are those of the page, its defaults and bounds; others are refused."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from gateway.errors import StartError
from gateway.reloading.options import NEEDS_RESTART, TAKEN
from gateway.settings.settings import Settings, load_settings
from tests.architecture.documents import ROOT, blocks

PAGE = "docs/operating.md"


@pytest.fixture(name="configuration")
def _configuration(tmp_path: Path) -> Path:
    """The page's example, as a file."""
    example = next(b for b in blocks("toml") if b.text.startswith("# gateway.toml\n"))
    path = tmp_path / "gateway.toml"
    path.write_text(example.text, "utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an option."""

    default: object
    """As the page writes it; ``...`` where there is none."""
    bounds: str = ""


def told() -> dict[str, Told]:
    """Return what the page says of each option."""
    page = (ROOT / PAGE).read_text("utf-8")
    options = page.partition("\n## Options\n")[2].partition("\n## ")[0]
    found: dict[str, Told] = {}
    for section in options.split("\n### ")[1:]:
        name = section.partition("\n")[0].strip("`")
        if "\n\nRequired." in section:
            found[name] = Told(...)
        elif match := re.search(
            r"\n\nDefault: `([^`]+)`(?:, (.+? to \d+))?\.", section
        ):
            default = tomllib.loads(f"value = {match[1]}")["value"]
            found[name] = Told(default, match[2] or "")
        elif "\n\nDefault: none." in section:
            found[name] = Told(None)
    return found


def options(struct: type[msgspec.Struct], place: str = "") -> dict[str, Told]:
    """Return what holds of each option, those of a table under ``table.option``."""
    found: dict[str, Told] = {}
    for field in msgspec.structs.fields(struct):
        name = f"{place}{field.name}"
        if isinstance(field.default, msgspec.Struct):
            found |= options(type(field.default), f"{name}.")
        elif field.default_factory is not msgspec.NODEFAULT:
            found[name] = Told(field.default_factory(), bounds_of(field.type))
        elif field.default is msgspec.NODEFAULT:
            found[name] = Told(...)
        else:
            default = field.default
            listed = list(default) if isinstance(default, tuple) else default
            found[name] = Told(listed, bounds_of(field.type))
    return found


def bounds_of(type_: object) -> str:
    """Return between which numbers an option is, or each of its entries."""
    for part in (type_, *get_args(type_)):
        for meta in getattr(part, "__metadata__", ()):
            if meta.le is not None:
                least = f"over {meta.gt}" if meta.ge is None else f"from {meta.ge}"
                return f"{least} to {meta.le}"
    return ""


def test_every_option_stands_on_the_page_with_its_default_and_bounds() -> None:
    assert told() == options(Settings)


def test_the_environment_wins_over_the_example(configuration: Path) -> None:
    settings = load_settings(configuration, {"GATEWAY_PORT": "8001"})

    assert [settings.port, settings.host, settings.tokens[0].caller] == [
        8001,
        "127.0.0.1",
        "pudong-hr",
    ]


def test_paths_are_taken_from_the_folder_of_the_file(configuration: Path) -> None:
    settings = load_settings(configuration, {})

    assert settings.trust_bundle == str(configuration.parent / "trust.toml")


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        pytest.param("GATEWAY_PROT", "GATEWAY_PORT", id="a misspelt one"),
        pytest.param("GATEWAY_TOKENS", "GATEWAY_MODE", id="tokens are no scalar"),
    ],
)
def test_an_unknown_variable_stops_the_start(
    configuration: Path, variable: str, nearest: str
) -> None:
    with pytest.raises(StartError) as refused:
        load_settings(configuration, {variable: "1"})

    assert str(refused.value) == (
        f"unknown variable {variable}; the nearest option is {nearest}"
    )


def test_the_language_of_help_is_no_option(configuration: Path) -> None:
    settings = load_settings(configuration, {"GATEWAY_LANG": "zh"})

    assert settings == load_settings(configuration, {})


def test_an_unknown_option_stops_the_start(configuration: Path) -> None:
    text = configuration.read_text("utf-8").replace("port = ", "prot = ")
    configuration.write_text(text, "utf-8")

    with pytest.raises(StartError, match=r"unknown key 'prot'.*'port'"):
        load_settings(configuration, {})


def test_the_page_says_of_each_option_whether_a_reload_takes_it() -> None:
    page = (ROOT / PAGE).read_text("utf-8")
    reloading = page.partition("\n## Reloading\n")[2].partition("\n## ")[0]
    told = dict(re.findall(r"\n\| `(\w+)` \| (taken|needs a restart)", reloading))

    found = dict.fromkeys(TAKEN, "taken") | dict.fromkeys(
        NEEDS_RESTART, "needs a restart"
    )
    assert told == found
    assert found.keys() == {one.name for one in msgspec.structs.fields(Settings)}
