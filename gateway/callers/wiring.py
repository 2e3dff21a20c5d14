"""Make the callers out of the configuration."""

from gateway.callers.authenticate import Callers
from gateway.callers.roles import read_roles
from gateway.callers.static_tokens import StaticTokens
from gateway.settings import Settings


def open_callers(settings: Settings) -> Callers:
    """Return every caller that ``settings`` knows.

    Raises:
        StartError: an unknown role or scope, or half a purpose.
    """
    roles = read_roles(settings.roles)
    return Callers(StaticTokens.of(settings.tokens, roles))
