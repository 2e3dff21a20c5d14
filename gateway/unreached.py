"""Tell why a gateway was not reached, and whether waiting may help.

A name that nobody knows, a port where nobody listens and a certificate that is not
trusted are three mistakes with three remedies. None of them passes by itself, so they
are told at once; but a gateway that answered a moment ago and now refuses is being
started again, and is waited for.
"""

import errno
import socket
import ssl
import urllib.error
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from gateway.errors import StartError


class Silence(StrEnum):
    """A reason why nobody answers."""

    TLS = "TLS"
    NAME = "NAME"
    REFUSED = "REFUSED"
    PASSING = "PASSING"
    """Whatever may go well the next time."""


class NotReachedError(Exception):
    """Nobody was there to be asked; the message names the address."""

    def __init__(self, message: str, silence: Silence) -> None:
        super().__init__(message)
        self.silence = silence


@dataclass(slots=True)
class Reached:
    """Whether a gateway has answered in this run."""

    once: bool = False

    def require_hope(self, error: NotReachedError) -> None:
        """Return if it makes sense to try again.

        Raises:
            StartError: it does not.
        """
        match error.silence:
            case Silence.PASSING:
                return
            case Silence.NAME | Silence.REFUSED:
                if self.once:
                    return
            case Silence.TLS:
                pass
        raise StartError(str(error))


_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH})
_NOT_TRUSTED = frozenset({18, 19, 20, 21})
"""OpenSSL's codes for a certificate whose issuer is not among those trusted here."""


def unreached(address: str, error: OSError) -> NotReachedError:
    """Return ``error``, told for whoever stated ``address``."""
    parts = urlsplit(address)
    url = f"{parts.scheme}://{parts.netloc}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    silence, why = _told(cause, parts.hostname)
    return NotReachedError(f"{url} does not answer: {why}", silence)


def _told(cause: object, host: str | None) -> tuple[Silence, str]:
    silence = Silence.PASSING
    why = str(cause)
    match cause:
        case ssl.SSLCertVerificationError():
            silence = Silence.TLS
            remedy = ""
            if cause.verify_code in _NOT_TRUSTED:
                remedy = "; if its issuer is known to you, state --ca-file"
            why = f"TLS: its certificate is not believed: {cause.verify_message}"
            why = f"{why}{remedy} (CERTIFICATE_VERIFY_FAILED)"
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            why = f"TLS: cut off: {cause}"
        case ssl.SSLError():
            silence = Silence.TLS
            why = f"TLS: {cause.reason or cause}; does it speak https?"
        case socket.gaierror():
            silence = Silence.NAME
            why = f"DNS: the name {host} is not found: {cause.strerror}; compare --url"
        case ConnectionRefusedError():
            silence = Silence.REFUSED
            why = (
                "connection refused: nobody listens there; does the gateway run, and "
                "is the port right?"
            )
        case OSError() if cause.errno in _NO_WAY:
            silence = Silence.REFUSED
            why = f"there is no way to it: {cause.strerror}"
        case _:
            pass
    return silence, why
