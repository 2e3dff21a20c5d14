"""The table of the sums that totals are read from; triggers alone write to it."""

from sqlalchemy import BigInteger, Column, Date, String, Table

from bureau.ledger.sums import MEASURES
from store.columns import metadata

kept_sums = Table(
    "kept_sums",
    metadata,
    # A day, or a month by its first day.
    Column("span", String(8), primary_key=True),
    Column("first_day", Date, primary_key=True),
    # Blank where it is not known, or does not apply.
    Column("connector", String(63), primary_key=True),
    Column("authority", String(128), primary_key=True),
    Column("district", String(6), primary_key=True),
    Column("item", String(32), primary_key=True),
    Column("level", String(16), primary_key=True),
    *(
        Column(name, BigInteger, nullable=False, server_default="0")
        for name in MEASURES
    ),
)
