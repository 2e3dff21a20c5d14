"""Read a bundle that we made, row by row."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple


class Logged(NamedTuple):
    """A row of the log: its table, its columns, and its place."""

    source: str
    row: Mapping[str, Any]
    place: int


class Bundle:
    """A bundle that we made, to be read."""

    def __init__(self, whole: Mapping[str, Any]) -> None:
        self.whole = whole
        read = ((json.loads(one["row"]), one["index"]) for one in whole["rows"])
        self.rows = [Logged(said["source"], said["row"], at) for said, at in read]

    def of(self, source: str) -> list[Mapping[str, Any]]:
        """Return the rows of a table."""
        return [one.row for one in self.rows if one.source == source]

    @property
    def decision(self) -> Mapping[str, Any] | None:
        """The decision that the bundle is about, if it is about one."""
        subject = self.whole["subject"]
        if subject["kind"] != "DECISION":
            return None
        return next(r for r in self.of("decisions") if r["id"] == int(subject["id"]))

    @property
    def edition(self) -> Mapping[str, Any] | None:
        """The rules that its trace was made by."""
        bodies = (fact["body"] for fact in self.of("logged_facts"))
        return next((one for one in bodies if "annex" in one), None)

    def body(self, id_: str) -> str:
        """Return the name of an institution; its id where the annex has none."""
        edition = self.edition
        known = [] if edition is None else edition["annex"]["bodies"]
        return next((str(one["name"]) for one in known if one["id"] == id_), id_)
