"""Draw what ``make load`` measured; run by the Python that has matplotlib.

usage: pictures.py FIGURES FOLDER
"""

import base64
import json
import sys
from html import escape
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

NINES = ("0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %")
SIZE = (10, 5)


def draw_latencies(kinds: dict[str, list[tuple[float, float]]], path: Path) -> None:
    """Draw latencies by percentile: each nine has the same room."""
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    for name, curve in kinds.items():
        rest = [max(1 - share, 1e-9) for share, _ in curve]
        axes.plot([1 / left for left in rest], [ms for _, ms in curve], label=name)
    axes.set(xscale="log", yscale="log", xlabel="percentile", ylabel="latency, ms")
    axes.set_xticks([10**n for n in range(len(NINES))], NINES)
    axes.set_xlim(1, 10 ** (len(NINES) - 1))
    axes.grid(which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)


def draw_memory(memory: list[tuple[float, float]], path: Path) -> None:
    """Draw the gateway's memory over time; the second half is what may not grow."""
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    minutes = [at / 60 for at, _ in memory]
    axes.plot(minutes, [megabytes for _, megabytes in memory])
    axes.axvspan(minutes[len(minutes) // 2], minutes[-1], alpha=0.1)
    axes.set(xlabel="minutes", ylabel="memory of the gateway, MB", ylim=(0, None))
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


def page(figures: dict[str, Any], pictures: list[Path]) -> str:
    """Return a page that needs no other file."""
    head, *rows = figures["table"]
    cells = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    images = "".join(
        f'<p><img alt="{picture.stem}" src="data:image/png;base64,'
        f'{base64.b64encode(picture.read_bytes()).decode()}"></p>'
        for picture in pictures
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>load</title>'
        "<style>body{font-family:sans-serif}td,th{padding:0 1em;text-align:right}"
        "img{max-width:100%}</style><table><tr>"
        + "".join(f"<th>{escape(cell)}</th>" for cell in head)
        + f"</tr>{cells}</table><p>memory changed by "
        f"{figures['growth']:.1f} % in the second half</p>{images}</html>\n"
    )


def main() -> None:
    """Write both pictures and the page."""
    figures, folder = (
        json.loads(Path(sys.argv[1]).read_text("utf-8")),
        Path(sys.argv[2]),
    )
    pictures = [folder / "latencies.png", folder / "memory.png"]
    draw_latencies(figures["kinds"], pictures[0])
    draw_memory(figures["memory"], pictures[1])
    (folder / "load.html").write_text(page(figures, pictures), "utf-8")


if __name__ == "__main__":
    main()
