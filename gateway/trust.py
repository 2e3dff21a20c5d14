"""Read the trust bundle, and compare it with the annex before anything relies on it.

``signing`` knows no annex: to it institutions and item codes are words. A code that is
misspelt there would attest nothing, and nobody would see why every record of an item
is out of scope.
"""

import difflib
from collections.abc import Iterable
from pathlib import Path

from gateway.errors import StartError
from policy.catalogue import Catalogue
from signing.errors import TrustBundleError
from signing.trust import TrustBundle, TrustedKey, read_trust_bundle


def read_bundle(path: Path) -> TrustBundle:
    """Read a bundle as it is; an old one may know items the annex no longer has.

    Raises:
        StartError: the file is missing or no trust bundle.
    """
    try:
        return read_trust_bundle(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, TrustBundleError) as error:
        raise StartError(f"trust bundle {path}: {error}") from None


def load_trust_bundle(path: Path, catalogue: Catalogue) -> TrustBundle:
    """Read the keys whose signatures are believed from now on.

    Raises:
        StartError: the file is missing or no trust bundle, or names an institution
            or an item the annex does not have, or an item another body collects.
    """
    bundle = read_bundle(path)
    for key in bundle.keys.values():
        if fault := fault_of(key, catalogue):
            raise StartError(f"trust bundle {path}: {fault}")
    return bundle


def fault_of(key: TrustedKey, catalogue: Catalogue) -> str | None:
    """Return in what ``key`` contradicts the annex; ``None`` if in nothing."""
    if key.institution not in catalogue.bodies:
        near = _nearest(key.institution, catalogue.bodies)
        return (
            f"institution {key.institution!r} of key {key.kid!r} is no body of the "
            f"annex; the nearest is {near!r}"
        )
    for code in sorted(key.scope):
        item = catalogue.items.get(code)
        if item is None:
            return (
                f"scope {code!r} of key {key.kid!r} is no item of the annex; the "
                f"nearest is {_nearest(code, catalogue.items)!r}"
            )
        collector = item.collection_body.id
        if collector != key.institution:
            return (
                f"scope {code!r} of key {key.kid!r} is collected by {collector!r}, "
                f"not by {key.institution!r}"
            )
    return None


def _nearest(word: str, known: Iterable[str]) -> str:
    return difflib.get_close_matches(word, list(known), n=1, cutoff=0)[0]
