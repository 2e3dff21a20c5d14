"""Check everything, then make the application, in the process that answers.

It is a copy of the process that watches over it (``gateway.serve``), and imports the
application itself: whoever only watches has no use for it.
"""

import gc
import os
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from starlette.applications import Starlette

from connectors.errors import ManifestError
from connectors.registry import load_manifests
from gateway.app import create_app
from gateway.callers.wiring import refuse_unusable_callers
from gateway.clock import utc_now
from gateway.errors import StartError
from gateway.lazy import load
from gateway.mlps3.judging import require_profile
from gateway.privacy.keys import read_pseudonyms
from gateway.receipts.wiring import receipt_keys
from gateway.settings.settings import Settings, load_settings, read_certificate_id_key
from gateway.trust import load_trust_bundle
from policy.catalogue import load_catalogue
from store.errors import UnusableDatabaseError

GC_OBJECTS = 50_000
"""How many more objects are to be alive before the collector looks for cycles."""


def load_app(config: str) -> Starlette:
    """Return the application a worker runs; called in the worker's process.

    Raises:
        StartError: a file does not do, which is found before anything is opened.
    """
    settings = load_settings(Path(config), os.environ)
    refuse_unusable(settings)
    app = create_app(settings, config=Path(config))
    # The schema and the modules stay. A collector that looks through them each time
    # makes some request wait 40 ms.
    gc.collect()
    gc.freeze()
    # What a request makes dies with it, by counting. Looking for cycles after every
    # 700 objects would take a tenth of all time.
    gc.set_threshold(GC_OBJECTS)
    return app


def refuse_unusable(settings: Settings) -> None:
    """Read what the lifespan will read, so that a mistake is reported in one sentence.

    Trusted documents are not read: ``create_app`` does, and refuses them likewise.

    Raises:
        StartError: a file is missing or says something that cannot be used.
    """
    read_certificate_id_key(Path(settings.certificate_id_key_file))
    read_pseudonyms(Path(settings.pseudonym_key_file))
    load_trust_bundle(Path(settings.trust_bundle), load_catalogue())
    receipt_keys(settings)
    refuse_unusable_callers(settings)
    try:
        manifests = load_manifests(Path(settings.manifests))
    except ManifestError as error:
        raise StartError(str(error)) from None
    require_profile(settings, manifests, utc_now())
    _prepare_database_apart(settings)


def _prepare_database_apart(settings: Settings) -> None:
    """Take the database's steps in a process that ends, and Alembic's memory with it.

    Raises:
        StartError: it cannot be opened or changed, or is of a newer gateway.
    """
    fork = get_context("fork")
    refusals, sender = fork.Pipe(duplex=False)
    apart = fork.Process(target=_prepare_database, args=(settings, sender))
    apart.start()
    sender.close()
    refusal: str | None = refusals.recv()
    apart.join()
    if refusal is not None:
        raise StartError(refusal)


def _prepare_database(settings: Settings, sender: Connection) -> None:
    """Send why the start has to be refused, or nothing."""
    # By its name, and here: whoever answers does without.
    upgrade = load("gateway.database.upgrade:upgrade")
    try:
        upgrade(settings)
    except UnusableDatabaseError as error:
        sender.send(str(error))
    else:
        sender.send(None)
