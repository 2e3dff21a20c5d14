"""Options of secrets: the tables ``[secrets.NAME]``, and reading them.

An agency's manifest names one, or a provider of signatures does (``gateway.settings.
providers``). Each lists who may: nobody has another one's sent to itself.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from connectors.manifest_endpoint import REFERENCE
from connectors.secrets import NAME, Secret, Secrets
from gateway.errors import StartError

MOST_BYTES = 4096
"""The most that a secret may be."""
Keeper = Callable[[str, str], bytes]
"""Reads what a provider keeps, by the provider's name and the object's; StartError."""


def no_keeper(provider: str, label: str) -> bytes:
    """Refuse a secret that a provider is said to keep, where no provider is opened.

    Raises:
        StartError: always.
    """
    raise StartError(
        f"no provider is opened here that could keep {label!r}: {provider}"
    )


class SecretSource(msgspec.Struct, frozen=True, kw_only=True):
    """The place of one secret, and who may use it."""

    file: str | None = None
    """The file that has it, and a line's end at most beside it."""
    variable: Annotated[str, msgspec.Meta(pattern=r"\A[A-Z][A-Z0-9_]*\Z")] | None = None
    """The variable of the environment that has it."""
    provider: str | None = None
    """The provider that keeps it: a token of PKCS#11, as a data object."""
    object: str | None = None
    """What that object is called there; else as the secret is."""
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
    sources: Mapping[str, SecretSource],
    environment: Mapping[str, str],
    keeper: Keeper = no_keeper,
) -> Secrets:
    """Read every secret from its place.

    Raises:
        StartError: one has no place or two, or is not there; none is repeated.
    """
    return Secrets(
        {
            name: Secret(
                _read(name, source, environment, keeper), frozenset(source.connectors)
            )
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
    return _read(name, source, environment, no_keeper)


def files_of_secrets(sources: Mapping[str, SecretSource]) -> Iterable[Path]:
    """Return the files that secrets are in."""
    return [Path(one.file) for one in sources.values() if one.file is not None]


def _read(
    name: str, source: SecretSource, environment: Mapping[str, str], keeper: Keeper
) -> str:
    where = f"secrets.{name}"
    _require_one_place(where, name, source)
    if source.variable is not None:
        found = environment.get(source.variable, "")
        if not found:
            raise StartError(f"{where}: the variable {source.variable} is not set")
        return found
    place = source.file or f"the object of {source.provider}"
    try:
        content = (
            Path(source.file).read_bytes()
            if source.file is not None
            else keeper(str(source.provider), source.object or name)
        )
        text = content.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{where}: {place}: {type(error).__name__}") from None
    except StartError as error:
        raise StartError(f"{where}: {error}") from None
    if not text or len(content) > MOST_BYTES:
        raise StartError(
            f"{where}: {place} has {len(content)} bytes; 1 to {MOST_BYTES} are allowed"
        )
    return text


def _require_one_place(where: str, name: str, source: SecretSource) -> None:
    """Refuse a secret without a place, with two, or that nobody may use.

    Raises:
        StartError: saying which.
    """
    if not NAME.fullmatch(name):
        raise StartError(f"{where}: a name is small letters, digits and hyphens")
    places = (source.file, source.variable, source.provider)
    if sum(place is not None for place in places) != 1:
        raise StartError(f"{where}: set one of file, variable and provider")
    if source.object is not None and source.provider is None:
        raise StartError(f"{where}: object means nothing without provider")
    if not source.connectors and not source.providers:
        raise StartError(f"{where}: name the connectors or providers that may use it")
