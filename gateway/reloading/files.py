"""See that files of the configuration have changed, and have stood still since.

Nobody tells when an editor has finished, or a copy of a folder. So what differs from
what was read last is read once two looks in a row have found the same. A file is known
by its place on the disk and when anything of it was changed last, so that one that is
put in the place of another is seen, and what a link leads to, and what may be read now.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from gateway.settings.secrets import files_of_secrets
from gateway.settings.settings import Settings

Looks = Mapping[Path, tuple[int, int, int] | None]
"""What was found where; ``None`` for nothing."""


def files_of(settings: Settings) -> Iterable[Path]:
    """Return the files beside the configuration that are read again with it."""
    yield Path(settings.trust_bundle)
    yield from sorted(Path(settings.manifests).glob("*.toml"))
    for issuer in settings.issuers:
        if issuer.jwks_file is not None:
            yield Path(issuer.jwks_file)
    yield from files_of_secrets(settings.secrets)


def look_at(paths: Iterable[Path]) -> Looks:
    """Look at files, without reading them."""
    return {path: _look(path) for path in paths}


def _look(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_ctime_ns
