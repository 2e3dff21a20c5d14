"""Read a secret that a token keeps beside its keys (a data object of PKCS#11)."""

from collections.abc import Mapping

from connectors.secrets import Secrets
from gateway.errors import StartError
from gateway.providers.wiring import pkcs11_library
from gateway.settings.providers import Kind, ProviderOptions
from gateway.settings.secrets import (
    Keeper,
    SecretSource,
    read_secrets,
    secret_of_provider,
)
from gateway.settings.settings import Settings
from signing.held import ProviderError


def secrets_of(settings: Settings, environment: Mapping[str, str]) -> Secrets:
    """Read every secret of a configuration from its place; waits for tokens.

    Raises:
        StartError: one has no place or two, or is not there; none is repeated.
    """
    keeper = keeper_of(settings.providers, settings.secrets, environment)
    return read_secrets(settings.secrets, environment, keeper)


def keeper_of(
    providers: Mapping[str, ProviderOptions],
    sources: Mapping[str, SecretSource],
    environment: Mapping[str, str],
) -> Keeper:
    """Return what reads a secret by the provider's name and the label it has there.

    It waits for the token. It raises StartError if there is no such provider, token or
    object, or if that provider keeps no secrets.
    """

    def keep(provider: str, label: str) -> bytes:
        options = providers.get(provider)
        if options is None:
            raise StartError(f"there is no provider {provider!r}")
        if options.kind is not Kind.PKCS11:
            raise StartError(
                f"the provider {provider!r} is of kind {options.kind}, which keeps no "
                "secrets; a token does (pkcs11), or set file or variable"
            )
        pin = secret_of_provider(str(options.pin), provider, sources, environment)
        library = pkcs11_library()
        token = library.Token(
            library.Module(str(options.module)), str(options.token), lambda: pin, 1
        )
        try:
            value: bytes = token.data(label)
        except ProviderError as error:
            raise StartError(f"the provider {provider!r}: {error}") from None
        finally:
            token.close()
        return value

    return keep
