"""Make what a release is, and have it signed by whoever keeps the key of releases.

``make release`` runs it: wheel and sdist, the bill of materials, the schema,
``SHA256SUMS`` of them all, and ``SHA256SUMS.sig``. The key is the one on the list of
keys whose use is ``releases`` and whose time it is; a provider keeps it, which may be a
folder, a token or a server. The signature is as openssl takes it, so that whoever
checks it needs nothing of ours (``docs/releases.md``). The public half is not in the
folder: who could put another release there could put another key beside it.

All of it is made from what is committed, in a folder of its own: the sdist takes whole
folders, and would take along whatever else lies in them here.
"""

import argparse
import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gateway.clock import utc_now
from gateway.errors import StartError
from gateway.providers.guarded import Unheard
from gateway.providers.key_list import ListedKey, Use
from gateway.providers.wiring import open_providers, read_listed
from gateway.settings.settings import Settings, load_settings
from signing.algorithms import Algorithm
from signing.held import ProviderError

ROOT = Path(__file__).parent.parent
SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"
HALF = 32
"""Bytes of each of the two numbers of a signature on P-256."""


class ReleaseError(Exception):
    """A release is not made; the text says why."""


def make(folder: Path) -> None:
    """Write the files of a release into an empty folder.

    Raises:
        ReleaseError: it is not empty, nothing is committed, or something is not built.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ReleaseError(f"{folder} is not empty: what is in it would be signed, too")
    target = folder.resolve()
    with TemporaryDirectory(prefix="release-") as name:
        source = Path(name)
        put_committed(ROOT, source)
        target.mkdir(parents=True, exist_ok=True)
        if _run(source, "build", "--no-isolation", "--outdir", str(target)):
            raise ReleaseError("wheel and sdist are not built")
        if _run(source, "tools.sbom", str(target / "sbom.cdx.json")):
            raise ReleaseError("there is no bill of materials")
        shutil.copy(source / "schema.graphql", target)


def put_committed(root: Path, into: Path) -> None:
    """Put the files of a repository into a folder, as they were committed last.

    Raises:
        ReleaseError: it is no repository, or nothing is committed.
    """
    command = ["git", "-C", str(root), "archive", "HEAD"]
    packed = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own words
    if packed.returncode:
        raise ReleaseError(f"git: {packed.stderr.decode(errors='replace').strip()}")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as files:
        files.extractall(into, filter="data")


def _run(folder: Path, module: str, *words: str) -> int:
    """Run a module of Python in a folder; return its code."""
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, cwd=folder, check=False).returncode  # noqa: S603 - our own words


def sums_of(folder: Path) -> str:
    """Return the digest of each file, as ``sha256sum --check`` reads them."""
    files = sorted(path for path in folder.iterdir() if path.name != SIGNATURE)
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in files
        if path.name != SUMS
    )


def key_of_releases(settings: Settings, now: datetime) -> ListedKey:
    """Return the key that signs releases now.

    Raises:
        ReleaseError: there is none.
        StartError: the list cannot be read.
    """
    for key in read_listed(settings).newest_first(Use.RELEASES):
        if key.signs_at(now):
            return key
    raise ReleaseError(
        'no key of use "releases" signs now: put one on the list, as by '
        "`gateway keys rotate --use releases --announce-days 0`"
    )


async def sign(
    folder: Path, settings: Settings, environment: Mapping[str, str], now: datetime
) -> ListedKey:
    """Write sums and signature beside the files; return by which key.

    Raises:
        ReleaseError: no key signs.
        StartError: it cannot be opened.
    """
    key = key_of_releases(settings, now)
    sums = sums_of(folder).encode()
    async with open_providers(settings, environment, Unheard()) as providers:
        try:
            signature = await providers.key_of(key).sign(sums)
        except ProviderError as error:
            raise ReleaseError(str(error)) from None
    if key.half.algorithm is Algorithm.ES256:
        r, s = signature[:HALF], signature[HALF:]
        signature = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    (folder / SUMS).write_bytes(sums)
    (folder / SIGNATURE).write_bytes(signature)
    return key


def main(words: list[str]) -> int:
    """Make a release and have it signed; 1 if it is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--config", type=Path, required=True)
    stated = parser.parse_args(words)
    folder: Path = stated.folder
    try:
        settings = load_settings(stated.config, os.environ)
        # Before anything is built for nothing.
        key_of_releases(settings, utc_now())
        make(folder)
        key = asyncio.run(sign(folder, settings, os.environ, utc_now()))
    except (ReleaseError, StartError) as error:
        sys.stderr.write(f"release: {error}\n")
        return 1
    sys.stdout.write(f"{folder}: signed by {key.name} ({key.half.kid})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
