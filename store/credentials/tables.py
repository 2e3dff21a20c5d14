"""The table of issued credentials: which place of which status list is whose."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from store.columns import Moment, document_columns, index_of_former, metadata

issued_credentials = Table(
    "issued_credentials",
    metadata,
    Column("list_number", Integer, primary_key=True, autoincrement=False),
    Column("idx", Integer, primary_key=True, autoincrement=False),
    # One for each version of the certificate, and for each mark it is known by.
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("form", String(16), nullable=False),
    # What tells whose it is goes when the person is erased.
    Column("certificate", String(400)),
    Column("person", String(64)),
    Column("version_mark", String(64)),
    Column("said", String(16)),
    Column("signed_at", Moment, nullable=False),
    Column("after_revocation", BigInteger, nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("erased_at", Moment),
    *document_columns(),
    Index("issued_credentials_by_person", "person"),
    Index("issued_credentials_by_certificate", "certificate"),
    Index("issued_credentials_by_version", "version_mark"),
    Index("issued_credentials_by_end", "expires_at"),
    Index("issued_credentials_by_number", "document_number"),
    Index("issued_credentials_by_place", "document_place"),
    index_of_former("issued_credentials"),
)
