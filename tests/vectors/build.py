"""Write the vectors, or check that they are what this would write.

    python -m tests.vectors.build            writes every file and the README's table
    python -m tests.vectors.build --check    changes nothing; 1 if a file differs

Run it from the root of the repository. Nothing in it is left to chance or to the
clock, so that building twice gives the same bytes (``mint.py`` says how).
"""

import json
import sys
from collections.abc import Iterator
from itertools import chain

from tests.vectors import (
    bundles,
    headers,
    lengths,
    malformed,
    mint,
    sm2,
    sm2_bundles,
    untrusted,
)
from tests.vectors.case import Case

README_TABLE = "<!-- the table is written by build.py -->\n"


def cases() -> list[Case]:
    return sorted(
        chain(
            malformed.cases(),
            headers.cases(),
            untrusted.cases(),
            lengths.cases(),
            sm2.cases(),
        ),
        key=lambda case: case.name,
    )


def bad_bundles() -> list[bundles.BadBundle]:
    return [*bundles.bad(), *sm2_bundles.bad()]


def files() -> dict[str, str]:
    """Return every file that belongs here, by name, but those written by hand."""
    written = {"trust.toml": bundles.trust()}
    for bundle in bad_bundles():
        written[bundle.file] = bundle.text
    for case in cases():
        document = json.dumps(case.document(), ensure_ascii=False, indent=1)
        written[case.file] = document + "\n"
    head, _, _ = (mint.FOLDER / "README.md").read_text().partition(README_TABLE)
    written["README.md"] = head + README_TABLE + "".join(_table())
    return written


def _table() -> Iterator[str]:
    yield "\n| File | Refused as | What it is | Origin |\n|---|---|---|---|\n"
    for case in cases():
        refused = "believed" if case.refused is None else ", ".join(case.refused)
        yield f"| `{case.file}` | {refused} | {case.what} | {case.origin} |\n"
    for bundle in bad_bundles():
        yield f"| `{bundle.file}` | does not load | {bundle.what} | ours |\n"
    yield "| `trust.toml` | loads | the keys the questions are asked under | ours |\n"


def main(arguments: list[str]) -> int:
    differing = [
        name
        for name, text in files().items()
        if not (mint.FOLDER / name).exists() or (mint.FOLDER / name).read_text() != text
    ]
    if arguments == ["--check"]:
        sys.stdout.writelines(f"differs: {name}\n" for name in differing)
        return 1 if differing else 0
    written = files()
    for name in differing:
        (mint.FOLDER / name).write_text(written[name])
    sys.stdout.write(f"{len(differing)} of {len(written)} files written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
