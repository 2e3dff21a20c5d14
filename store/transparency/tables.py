"""The tables of the log of hashes.

Triggers write the queue; one transaction takes rows out of it and appends. Entries,
full tiles and facts never change, which triggers hold (``m0021_transparency``): of an
entry the salts alone are erased, with the rows they are of.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from store.columns import NUMBER, Moment, metadata

log_queue = Table(
    "log_queue",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("source", String(32), nullable=False),
    Column("row_id", BigInteger, nullable=False),
)

log_entries = Table(
    "log_entries",
    metadata,
    # The leaf's place, from 0.
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("source", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("first_row", BigInteger, nullable=False),
    Column("last_row", BigInteger, nullable=False),
    # Of each row its id, in 8 bytes, and its commitment, in 32.
    Column("rows", LargeBinary, nullable=False),
    # Of each row 16 bytes; noughts once its row is erased.
    Column("salts", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Index("log_entries_by_row", "source", "last_row", unique=True),
)

log_tiles = Table(
    "log_tiles",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", NUMBER, primary_key=True, autoincrement=False),
    # Up to 256 hashes, of 32 bytes each.
    Column("hashes", LargeBinary, nullable=False),
)

log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    # How often something was taken from the queue: who prepared what another took
    # meanwhile finds another number, and has prepared in vain.
    Column("rounds", BigInteger, nullable=False),
    CheckConstraint("id = 1", "one_head"),
)

log_checkpoints = Table(
    "log_checkpoints",
    metadata,
    Column("size", NUMBER, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("is_witnessed", Boolean, nullable=False),
)

logged_facts = Table(
    "logged_facts",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("body", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("kind", "digest", name="one_fact_a_digest"),
)
