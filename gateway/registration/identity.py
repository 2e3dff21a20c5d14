"""Who takes a step at the command line: the owner of a token of the configuration.

A name that is only stated would make two operators of one. So a command is given the
file of a bearer token, and may do what that token's caller may do over HTTP.
"""

from pathlib import Path

from bureau.caller import Caller
from bureau.scopes import STEPS, may
from gateway.callers.refusal import AuthenticationError
from gateway.callers.roles import read_roles
from gateway.callers.static_tokens import StaticTokens
from gateway.errors import StartError
from gateway.settings.settings import Settings


def caller_of(settings: Settings, token_file: Path, step: str, now: float) -> Caller:
    """Return whose token is in ``token_file``, if they may take ``step``.

    Raises:
        StartError: it is nobody's, has expired, or lacks the scopes.
    """
    try:
        token = token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise StartError(f"{token_file} cannot be read") from None
    known = StaticTokens.of(settings.tokens, read_roles(settings.roles))
    try:
        caller = known.caller_of(token, now)
    except AuthenticationError as error:
        raise StartError(f"the token of {token_file}: {error.reason}") from None
    if caller is None:
        raise StartError(f"the token of {token_file} is not of the configuration")
    needed = STEPS[step]
    if not may(caller.scopes, needed):
        words = " or ".join(" and ".join(scopes) for scopes in needed)
        raise StartError(f"{caller.id} may not: {step} needs {words}")
    return caller
