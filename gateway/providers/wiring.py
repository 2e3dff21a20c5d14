"""Open the providers that a configuration names, and the keys that they hold."""

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from gateway.errors import StartError
from gateway.lazy import load
from gateway.providers.folder import read_file_key
from gateway.providers.guarded import GuardedKey, ProvidersObserver
from gateway.providers.http import HttpKey, SignatureServer
from gateway.providers.key_list import (
    NO_KEYS_LISTED,
    KeyList,
    ListedKey,
    read_key_list,
)
from gateway.settings.providers import Kind, ProviderOptions
from gateway.settings.secrets import secret_of_provider
from gateway.settings.settings import Settings
from signing.held import HeldKey

LIBRARY = "gateway.providers.pkcs11"
"""What needs ``python-pkcs11``, which few have: imported where a token is named."""


class Providers:
    """The providers, open as long as the application is."""

    def __init__(
        self,
        options: Mapping[str, ProviderOptions],
        open_of: Mapping[str, Callable[[ListedKey], HeldKey]],
        observer: ProvidersObserver,
    ) -> None:
        self._options = options
        self._open_of = open_of
        self._observer = observer
        self._keys: dict[str, list[GuardedKey]] = {name: [] for name in options}

    @property
    def states(self) -> Mapping[str, bool]:
        """Return of each whose keys are used whether all of them signed last time."""
        return {
            name: not any(key.is_failing for key in keys)
            for name, keys in self._keys.items()
            if keys
        }

    def key_of(self, listed: ListedKey) -> HeldKey:
        """Return a key of the list, to be waited for with a bound.

        Raises:
            StartError: its file is not there, or has another key in it.
        """
        options = self._options[listed.provider]
        held = self._open_of[listed.provider](listed)
        if held.kid != listed.half.kid:
            raise StartError(
                f"the key {listed.name!r} of {listed.provider} is another one than "
                "the list of keys has"
            )
        guarded = GuardedKey(
            held,
            listed.provider,
            timeout_seconds=options.timeout_seconds,
            rest_seconds=options.rest_seconds,
            observer=self._observer,
        )
        self._keys[listed.provider].append(guarded)
        return guarded


def read_listed(settings: Settings) -> KeyList:
    """Return the list of keys; an empty one if none is named.

    Raises:
        StartError: it cannot be read, or names a provider that is not there.
    """
    if settings.signing_keys_file is None:
        return NO_KEYS_LISTED
    listed = read_key_list(Path(settings.signing_keys_file))
    for key in listed.key:
        if key.provider not in settings.providers:
            raise StartError(
                f"{settings.signing_keys_file}: the key {key.name!r} is of the "
                f"provider {key.provider!r}; set [providers.{key.provider}]"
            )
    return listed


@asynccontextmanager
async def open_providers(
    settings: Settings,
    environment: Mapping[str, str],
    observer: ProvidersObserver,
) -> AsyncIterator[Providers]:
    """Open what is needed to ask each provider; none is asked yet.

    Raises:
        StartError: a secret or a file is not there, or the library for tokens.
    """
    open_of: dict[str, Callable[[ListedKey], HeldKey]] = {}
    modules: dict[str, Any] = {}
    async with AsyncExitStack() as stack:
        session: aiohttp.ClientSession | None = None
        for name, options in settings.providers.items():
            secret = partial(
                secret_of_provider,
                provider=name,
                sources=settings.secrets,
                environment=environment,
            )
            match options.kind:
                case Kind.FILE:
                    open_of[name] = partial(_file_key, Path(str(options.folder)))
                case Kind.PKCS11:
                    library = pkcs11_library()
                    path = str(options.module)
                    module = modules.setdefault(path, library.Module(path))
                    pin = str(options.pin)
                    secret(pin)
                    token = library.Token(
                        module,
                        str(options.token),
                        # Read when it is needed: it may have been changed since.
                        partial(secret, pin),
                        options.sessions,
                    )
                    stack.callback(token.close)
                    open_of[name] = partial(_token_key, library.Pkcs11Key, token)
                case Kind.HTTP:
                    if session is None:
                        session = await stack.enter_async_context(
                            aiohttp.ClientSession(
                                cookie_jar=aiohttp.DummyCookieJar(),
                                timeout=aiohttp.ClientTimeout(),
                                auto_decompress=False,
                            )
                        )
                    reference = options.bearer_token
                    server = SignatureServer(
                        session,
                        str(options.url),
                        token=None if reference is None else secret(reference),
                        tls=_tls(name, options.ca_file),
                        words=options.words,
                        sm2_form=options.sm2_signature,
                    )
                    open_of[name] = partial(_server_key, server)
        yield Providers(settings.providers, open_of, observer)


def pkcs11_library() -> Any:  # noqa: ANN401 - a module, imported by its name
    """Return the module that talks to tokens.

    Raises:
        StartError: the library that it needs is not installed.
    """
    try:
        return load(LIBRARY)
    except ImportError:
        raise StartError(
            "a provider of kind pkcs11 needs a library: "
            "pip install 'certificate-gateway[pkcs11]'"
        ) from None


def _file_key(folder: Path, listed: ListedKey) -> HeldKey:
    return read_file_key(folder, listed.name)


def _token_key(
    make: Callable[..., HeldKey], token: object, listed: ListedKey
) -> HeldKey:
    return make(token, listed.name, listed.half)


def _server_key(server: SignatureServer, listed: ListedKey) -> HeldKey:
    return HttpKey(server, listed.name, listed.half)


def _tls(name: str, ca_file: str | None) -> ssl.SSLContext | None:
    if ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or type(error).__name__
        raise StartError(f"providers.{name}: {ca_file}: {reason}") from None
