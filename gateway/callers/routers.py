"""Routers of supergraphs, whose documents are run though no operator has seen them.

A router hands on the credentials of whoever asks, so that rights, purpose, budget,
masks and audit are that person's. Its documents are written as they are needed and in
no manifest. So it sends a token of its own beside, in a header that browsers may not
send: it lets the document pass, and gives no right to anything in it.
"""

import hmac
from dataclasses import dataclass

from starlette.datastructures import Headers

from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.static_tokens import sha256_of

HEADER = "X-Router-Token"


@dataclass(frozen=True, slots=True)
class Routers:
    """The configuration's routers."""

    digests: tuple[str, ...] = ()
    """The SHA-256 of their tokens."""

    def wrote(self, headers: Headers) -> bool:
        """Say whether a router wrote the document of a request.

        Raises:
            AuthenticationError: whoever says so is no router that is known.
        """
        stated = headers.getlist(HEADER)
        if not stated:
            return False
        if len(stated) > 1:
            raise AuthenticationError(Reason.SEVERAL_CREDENTIALS)
        digest = sha256_of(stated[0].strip())
        # All are compared, so that the time says nothing about which fits.
        fitting = [one for one in self.digests if hmac.compare_digest(one, digest)]
        if not fitting:
            raise AuthenticationError(Reason.UNKNOWN_ROUTER)
        return True
