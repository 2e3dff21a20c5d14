"""Errors between the gateway and an agency.

::

    ConnectorError
    ├── ManifestError      a manifest cannot be used; nothing starts with it
    ├── AddressError       an address cannot be registered (``addresses``)
    ├── UnreachableError   no complete answer came: connection, 5xx, cut body
    ├── RefusedError       the agency will not answer: 4xx, GraphQL errors
    └── UnreadableError    something came that cannot hold signed records

A call that takes too long is no exception of ours: the guard sets the limit and
turns it into an answer. What fails verification is a ``signing.SigningError``.

``StoreUnavailableError`` is no agency's, and no connector raises it. It stands here
because registration is the lowest floor that asks a store for anything.
"""

from datetime import datetime, timedelta
from typing import TypeAlias

Later: TypeAlias = timedelta | datetime
"""So long from now, or until when."""


class ConnectorError(Exception):
    """Anything a connector may raise."""

    later: Later | None = None
    """When the agency says that it may be asked again, if it does."""


class ManifestError(ConnectorError):
    """A manifest says something that cannot be used."""


class UnreachableError(ConnectorError):
    """No complete answer came."""


class RefusedError(ConnectorError):
    """The agency answered that it will not answer."""


class UnreadableError(ConnectorError):
    """An answer that cannot hold signed records."""


class StoreUnavailableError(Exception):
    """The database did not do what was asked; nothing was changed, or it is not known.

    Reading what is kept says which. It is all that a store raises for want of its
    database, whatever that is; the message is a word for logs and metrics.
    """
