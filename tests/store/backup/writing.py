"""Look people up and pay for them until killed, as a gateway's writer does.

``python -m tests.store.backup.writing URL`` says after each commit how many there were.
"""

import asyncio
import sys
from datetime import timedelta
from itertools import count

from store.audit.log import open_audit_log
from store.ledger.ledger import StoredLedger
from store.store import open_store
from tests.store.audit.records import NOON, record
from tests.store.ledger.test_ledger import ALICE, decision, free


async def write(url: str) -> None:
    """Write until killed."""
    async with open_store(url) as store, open_audit_log(store) as log:
        ledger = StoredLedger(store)
        for number in count(1):
            await log.write(record(at=NOON + timedelta(seconds=number)))
            await ledger.record(decision(number), [ALICE], free)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))
