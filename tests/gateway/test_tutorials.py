"""The tutorials, followed word by word: every block typed, every output compared.

One shell is given them, as one person's terminal is. The ports are other ones, so that
it does not matter what else runs; in an output ``…`` is what is other each time.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from gateway.demo.demo import HOST
from tests.architecture.documents import ROOT
from tests.node import unavailable
from tests.ports import free_port, is_free

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATIENCE_SECONDS = 300
IN_A_ROW = 3
"""So many agencies the demo has, on ports beside each other."""
TUTORIALS = ("tutorial-question", "tutorial-agency", "tutorial-gateway")


def steps(page: Path) -> Iterator[tuple[str, str | None]]:
    """Yield what is typed, and what is shown after it if something is."""
    found = BLOCK.findall(page.read_text("utf-8"))
    for (language, typed), (after, shown) in pairwise([*found, ("sh", "")]):
        if language == "sh":
            yield typed, shown if after == "text" else None


def free_ports() -> int:
    """Return the first of as many free ports as the demo's agencies take."""
    while True:
        first = free_port(HOST)
        if all(is_free(HOST, first + number) for number in range(IN_A_ROW)):
            return first


def type_into_a_shell(typed: str, folder: Path) -> tuple[int, str]:
    """Run it as a terminal would; return how it ended and what went wrong.

    Whatever it started and left behind is ended.
    """
    errors = folder / "errors.txt"
    environment = {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
    }
    (folder / "typed.sh").write_text(typed, "utf-8")
    with (
        errors.open("w") as file,
        subprocess.Popen(
            ["bash", "-u", "-e", str(folder / "typed.sh")],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=file,
            start_new_session=True,
        ) as shell,
    ):
        try:
            ended = shell.wait(PATIENCE_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
    return ended, errors.read_text("utf-8")


@pytest.mark.parametrize("name", TUTORIALS)
def test_a_tutorial_does_what_it_says(name: str, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        unavailable("curl not found; the tutorials ask by it")
    ports = {"8000": str(free_port(HOST)), "9101": str(free_ports())}
    ports["9200"] = str(free_port(HOST))
    page = list(steps(ROOT / "docs" / f"{name}.md"))
    typed = "".join(
        f"exec > '{tmp_path}/{number}.shown'\n{text}"
        for number, (text, _) in enumerate(page)
    )
    for stated, free in ports.items():
        typed = re.sub(rf"\b{stated}\b", free, typed)

    ended, errors = type_into_a_shell(typed, tmp_path)

    assert ended == 0, errors
    for number, (text, shown) in enumerate(page):
        if shown is not None:
            found = (tmp_path / f"{number}.shown").read_text("utf-8")
            pattern = ".*".join(re.escape(part) for part in shown.split("…"))
            assert re.fullmatch(pattern, found), f"{text}\n{found}"


def test_each_tutorial_is_followed() -> None:
    there = {page.stem for page in (ROOT / "docs").glob("tutorial-*.md")}

    assert there == set(TUTORIALS)
