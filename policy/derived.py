"""Compute what follows from a record alone once, and keep it with the record.

A record is frozen, so what was found of it stays true as long as it is kept; agencies'
records are kept for as long as they are asked about (``connectors.decoding``).
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from policy.certificate import CertificateRecord

T = TypeVar("T")


def once_a_record(
    find: Callable[[CertificateRecord], T],
) -> Callable[[CertificateRecord], T]:
    """Return ``find``, computed once for each record."""

    def found(record: CertificateRecord) -> T:
        kept: T | None = record.derived.get(find)
        if kept is None:
            kept = record.derived[find] = find(record)
        return kept

    return wraps(find)(found)
