"""Two plots as SVG, written by hand: latencies, and processor time by part.

They are drawn on white, so that they can be read on a dark page too.
"""

from collections.abc import Mapping, Sequence
from html import escape

from benchmarks.measuring import BUCKETS_A_DECADE, bucket_ms

WIDTH = 860
LEFT, RIGHT, TOP = 300, 70, 56
ROW = 30
COLUMN = 280
COLOURS = (
    *("#b30000", "#1f77b4", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#e377c2"),
    *("#17becf", "#bcbd22", "#7f7f7f", "#08306b", "#00441b", "#f7b6d2", "#c7c7c7"),
)
RARE = 0.002
"""Latencies that fewer answers than this share had are left out at both ends."""

Bars = Mapping[str, Sequence[tuple[str, float]]]
"""Of each row its parts and their microseconds, in order."""


def stacked(title: str, bars: Bars) -> str:
    """Draw a row of parts for each name."""
    names = list(dict.fromkeys(part for parts in bars.values() for part, _ in parts))
    colour = {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(names)}
    most = max(sum(us for _, us in parts) for parts in bars.values())
    scale = (WIDTH - LEFT - RIGHT) / most
    drawn = [_text(10, 24, title, size=16)]
    for row, (name, parts) in enumerate(bars.items()):
        x, y = float(LEFT), TOP + row * ROW
        drawn.append(_text(LEFT - 8, y + 15, name, anchor="end"))
        for part, us in parts:
            width = max(us, 0.0) * scale
            tip = f"<title>{escape(part)}: {us:.0f} µs</title>"
            drawn.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="20" '
                f'fill="{colour[part]}">{tip}</rect>'
            )
            x += width
        whole = sum(us for _, us in parts)
        drawn.append(_text(x + 6, y + 15, f"{whole:.0f} µs"))
    bottom = TOP + len(bars) * ROW + 10
    drawn += _legend(colour, bottom)
    return _svg(drawn, bottom + 20 * -(-len(colour) // 3) + 16)


def histogram(title: str, latencies: Mapping[str, Mapping[int, int]]) -> str:
    """Draw a line for each name: the share of answers in each bucket of latency."""
    colour = {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(latencies)}
    buckets = [
        number
        for counts in latencies.values()
        for number, count in counts.items()
        if count > RARE * sum(counts.values())
    ]
    first, last = min(buckets) - 1, max(buckets) + 1
    shares = {
        name: [
            counts.get(at, 0) / sum(counts.values()) for at in range(first, last + 1)
        ]
        for name, counts in latencies.items()
    }
    height, left = 280, 60
    tallest = max(max(line) for line in shares.values())
    step = (WIDTH - left - 30) / (last - first)
    drawn = [_text(10, 24, title, size=16)]
    for at in range(first, last + 1):
        if at % (BUCKETS_A_DECADE // 2):
            continue
        x = left + (at - first) * step
        drawn.append(
            f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{TOP + height}" '
            'stroke="#dddddd"/>'
        )
        drawn.append(
            _text(x, TOP + height + 18, f"{bucket_ms(at):.3g} ms", anchor="middle")
        )
    for name, line in shares.items():
        points = " ".join(
            f"{left + at * step:.1f},{TOP + height * (1 - share / tallest):.1f}"
            for at, share in enumerate(line)
        )
        drawn.append(
            f'<polyline points="{points}" fill="none" stroke="{colour[name]}" '
            'stroke-width="2"/>'
        )
    bottom = TOP + height + 34
    drawn += _legend(colour, bottom)
    return _svg(drawn, bottom + 20 * -(-len(colour) // 3) + 16)


def _legend(colour: Mapping[str, str], top: float) -> list[str]:
    drawn = []
    for at, (name, value) in enumerate(colour.items()):
        x, y = 20 + at % 3 * COLUMN, top + at // 3 * 20
        drawn.append(f'<rect x="{x}" y="{y}" width="12" height="12" fill="{value}"/>')
        drawn.append(_text(x + 18, y + 11, name))
    return drawn


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", size: int = 13
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
        f'font-size="{size}">{escape(words)}</text>'
    )


def _svg(drawn: Sequence[str], height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{height:.0f}" font-family="sans-serif" fill="#222222">\n'
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>\n'
        + "\n".join(drawn)
        + "\n</svg>\n"
    )
