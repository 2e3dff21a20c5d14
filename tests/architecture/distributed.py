"""Print which files wheel and source distribution have, as setuptools reads it.

Run as ``python -m tests.architecture.distributed FOLDER`` from the project's folder: it
is a process of its own, since setuptools puts its own distutils in place of Python's.
"""

import json
import sys
from pathlib import Path

from setuptools.command.build_py import build_py
from setuptools.command.egg_info import egg_info
from setuptools.dist import Distribution


def main(folder: str) -> None:
    """Write a JSON object of two lists to standard output."""
    found = Distribution({"script_name": "setup.py"})
    found.parse_config_files(["pyproject.toml"])
    wheel, source = found.get_command_obj("build_py"), found.get_command_obj("egg_info")
    assert isinstance(wheel, build_py)
    assert isinstance(source, egg_info)
    wheel.ensure_finalized()
    data = [
        str(Path(place) / name)
        for _, place, _, names in wheel.data_files
        for name in names
    ]
    source.egg_base = folder
    source.ensure_finalized()
    source.run()
    files = {
        "wheel": [*map(str, wheel.get_source_files()), *data],
        "source": list(source.filelist.files),
    }
    sys.stdout.write(f"{json.dumps(files)}\n")


if __name__ == "__main__":
    main(sys.argv[1])
