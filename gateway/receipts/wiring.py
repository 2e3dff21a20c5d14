"""Open what makes receipts, or refuse the start."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bureau.receipts.logged import NO_LOG, LogState
from bureau.receipts.receipt import Receipts
from gateway.errors import StartError
from gateway.providers.key_list import Use
from gateway.providers.listed import KeyOf
from gateway.providers.wiring import read_listed
from gateway.receipts.attesting import Attesting, ReceiptsObserver
from gateway.receipts.keys import NO_KEYS, ReceiptKeys, read_receipt_keys
from gateway.receipts.published import published, with_listed
from gateway.settings.receipts import Receipts as Wanted
from gateway.settings.settings import Settings
from policy.parameters import load_parameters
from policy.table import read_annex


def receipt_keys(settings: Settings, key_of: KeyOf | None = None) -> ReceiptKeys:
    """Return the keys of receipts; without ``key_of`` those of the file alone sign.

    Raises:
        StartError: they cannot be used, or everybody is to have a receipt and there is
            no key.
    """
    listed = read_listed(settings)
    of_file = NO_KEYS
    if settings.receipt_key_file is not None:
        of_file = read_receipt_keys(Path(settings.receipt_key_file))
    is_signed = of_file is not NO_KEYS or listed.newest_first(Use.RECEIPTS)
    if settings.receipts is Wanted.ALWAYS and not is_signed:
        raise StartError(
            'receipts = "always" needs receipt_key_file; make one with: '
            "openssl genpkey -algorithm ed25519 -out receipt-key.pem"
        )
    if key_of is not None:
        return with_listed(of_file, listed, key_of)
    published(of_file, listed)
    return of_file


def open_attesting(
    settings: Settings,
    clock: Callable[[], datetime],
    observer: ReceiptsObserver,
    log: LogState = NO_LOG,
    key_of: KeyOf | None = None,
) -> Attesting:
    """Return what makes receipts; ``key_of`` opens keys that are kept elsewhere.

    Raises:
        StartError: as ``receipt_keys``.
    """
    return Attesting(
        receipt_keys(settings, key_of),
        settings.receipts,
        Receipts(settings.receipt_issuer, log),
        parameters=load_parameters(),
        catalogue=hashlib.sha256(read_annex("catalogue.toml").encode()).hexdigest(),
        clock=clock,
        observer=observer,
    )
