"""``python -m benchmarks``: see ``benchmarks.cli``."""

from benchmarks.cli import app

app()
