"""The exact bytes of a row that the log commits to, the same from either database.

JSON with sorted keys and no blanks: the source and its columns. Moments are RFC 3339
in UTC, days ISO 8601. Bundles show these bytes, so whoever verifies only hashes.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from bureau.transparency.sources import Source

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


def row_bytes(source: Source, row: Mapping[str, Any]) -> bytes:
    """Return what is committed to of a row, which has the source's columns alone."""
    return orjson.dumps({"row": row, "source": source.name}, option=_OPTIONS)


def gone_bytes(source: Source, id_: int) -> bytes:
    """Return what is committed to in place of a row that was gone when its turn came.

    A version gives way to a newer one; of any other table it says that somebody
    removed the row at once.
    """
    gone = {"gone": True, "row": {"id": id_}, "source": source.name}
    return orjson.dumps(gone, option=_OPTIONS)
