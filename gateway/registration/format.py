"""The formats that a conformance report is written in."""

from enum import StrEnum


class Format(StrEnum):
    """A format of reports."""

    TABLE = "table"
    JSON = "json"
    JUNIT = "junit"
