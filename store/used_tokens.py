"""Tokens that are accepted once, remembered by all gateways on one database.

A token's issuer and id are kept as a digest: an id is whatever its issuer likes. The
row is committed before the token counts for anything, so of two gateways that are
shown one token at once one accepts it, and neither a restart nor the loss of power
makes it new. What has expired is removed on the way; it is refused for its time.
"""

import hashlib
from datetime import UTC, datetime

from sqlalchemy import Column, Connection, Index, String, Table, delete, insert
from sqlalchemy.exc import IntegrityError

from store.columns import Moment, metadata
from store.writer import Writer

used_tokens = Table(
    "used_tokens",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("until", Moment, nullable=False),
    Index("used_tokens_by_time", "until"),
)


class _UsedBeforeError(Exception):
    """The token is there already; the transaction ends with nothing written."""


class StoredUsedTokens:
    """Implements ``gateway.callers.single_use.UsedTokens``."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def use(self, issuer: str, token_id: str, until: float, now: float) -> bool:
        """See ``UsedTokens``."""
        row = {"token": _digest(issuer, token_id), "until": _moment(until)}

        def work(connection: Connection) -> None:
            over = used_tokens.c.until < _moment(now)
            connection.execute(delete(used_tokens).where(over))
            try:
                connection.execute(insert(used_tokens).values(row))
            except IntegrityError:
                raise _UsedBeforeError from None

        try:
            await self._writer.write(work)
        except _UsedBeforeError:
            return False
        return True


def _digest(issuer: str, token_id: str) -> str:
    # Each by its own, so that no two pairs make one text.
    parts = (hashlib.sha256(_bytes(text)).digest() for text in (issuer, token_id))
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)
