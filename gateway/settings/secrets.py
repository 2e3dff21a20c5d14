"""Options of secrets: the tables ``[secrets.NAME]``, and reading them.

An agency's manifest names one, or a provider of signatures does (``gateway.settings.
providers``). Each lists who may: nobody has another one's sent to itself.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from connectors.manifest_endpoint import REFERENCE
from connectors.secrets import NAME, Secret, Secrets
from gateway.errors import StartError

MOST_BYTES = 4096
"""The most that a secret may be."""


class SecretSource(msgspec.Struct, frozen=True, kw_only=True):
    """The place of one secret, and who may use it."""

    file: str | None = None
    """The file that has it, and a line's end at most beside it."""
    variable: Annotated[str, msgspec.Meta(pattern=r"\A[A-Z][A-Z0-9_]*\Z")] | None = None
    """The variable of the environment that has it."""
    connectors: tuple[str, ...] = ()
    """The ids of the connectors whose manifests may name it."""
    providers: tuple[str, ...] = ()
    """The names of the providers of signatures that may."""

    def in_folder(self, folder: Path) -> "SecretSource":
        """Return the same, with the file found from the configuration's folder."""
        if self.file is None:
            return self
        return msgspec.structs.replace(self, file=str(folder / self.file))


def read_secrets(
    sources: Mapping[str, SecretSource], environment: Mapping[str, str]
) -> Secrets:
    """Read every secret from its place.

    Raises:
        StartError: one has no place or two, or is not there; none is repeated.
    """
    return Secrets(
        {
            name: Secret(_read(name, source, environment), frozenset(source.connectors))
            for name, source in sources.items()
        }
    )


def secret_of_provider(
    reference: str,
    provider: str,
    sources: Mapping[str, SecretSource],
    environment: Mapping[str, str],
) -> str:
    """Return what a provider's ``secret:NAME`` stands for.

    Raises:
        StartError: there is none of that name for it, or it cannot be read.
    """
    name = reference.removeprefix(REFERENCE)
    source = sources.get(name)
    if source is None or provider not in source.providers:
        raise StartError(
            f"providers.{provider} names the secret {name!r}, and has none of that "
            f"name; set [secrets.{name}] with {provider} among its providers"
        )
    return _read(name, source, environment)


def files_of_secrets(sources: Mapping[str, SecretSource]) -> Iterable[Path]:
    """Return the files that secrets are in."""
    return [Path(one.file) for one in sources.values() if one.file is not None]


def _read(name: str, source: SecretSource, environment: Mapping[str, str]) -> str:
    where = f"secrets.{name}"
    if not NAME.fullmatch(name):
        raise StartError(f"{where}: a name is small letters, digits and hyphens")
    if (source.file is None) is (source.variable is None):
        raise StartError(f"{where}: set file or variable, and not both")
    if not source.connectors and not source.providers:
        raise StartError(f"{where}: name the connectors or providers that may use it")
    if source.variable is not None:
        found = environment.get(source.variable, "")
        if not found:
            raise StartError(f"{where}: the variable {source.variable} is not set")
        return found
    try:
        content = Path(str(source.file)).read_bytes()
        text = content.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{where}: {source.file}: {type(error).__name__}") from None
    if not text or len(content) > MOST_BYTES:
        raise StartError(
            f"{where}: {source.file} has {len(content)} bytes; 1 to {MOST_BYTES} are "
            "allowed"
        )
    return text
