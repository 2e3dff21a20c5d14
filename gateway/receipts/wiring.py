"""Open what makes receipts, or refuse the start."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bureau.receipts.logged import NO_LOG, LogState
from bureau.receipts.receipt import Receipts
from gateway.errors import StartError
from gateway.receipts.attesting import Attesting, ReceiptsObserver
from gateway.receipts.keys import NO_KEYS, ReceiptKeys, read_receipt_keys
from gateway.settings.receipts import Receipts as Wanted
from gateway.settings.settings import Settings
from policy.parameters import load_parameters
from policy.table import read_annex


def receipt_keys(settings: Settings) -> ReceiptKeys:
    """Return the keys of receipts.

    Raises:
        StartError: they cannot be used, or everybody is to have a receipt and there is
            no key.
    """
    if settings.receipt_key_file is not None:
        return read_receipt_keys(Path(settings.receipt_key_file))
    if settings.receipts is Wanted.ALWAYS:
        raise StartError(
            'receipts = "always" needs receipt_key_file; make one with: '
            "openssl genpkey -algorithm ed25519 -out receipt-key.pem"
        )
    return NO_KEYS


def open_attesting(
    settings: Settings,
    clock: Callable[[], datetime],
    observer: ReceiptsObserver,
    log: LogState = NO_LOG,
) -> Attesting:
    """Return what makes receipts.

    Raises:
        StartError: as ``receipt_keys``.
    """
    return Attesting(
        receipt_keys(settings),
        settings.receipts,
        Receipts(settings.receipt_issuer, log),
        parameters=load_parameters(),
        catalogue=hashlib.sha256(read_annex("catalogue.toml").encode()).hexdigest(),
        clock=clock,
        observer=observer,
    )
