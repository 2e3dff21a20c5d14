"""Name the errors of the store.

::

    UnusableDatabaseError      the database cannot be opened; says what to do
    └── UnusableBackupError    a backup cannot be made or restored; likewise
    StoreUnavailableError      (``connectors.errors``) the database did not do its part
    └── RefusedRowsError       it works, and will never take these rows
"""

from connectors.errors import StoreUnavailableError


class UnusableDatabaseError(Exception):
    """There is no such database, it cannot be reached, or it is at another step."""


class UnusableBackupError(UnusableDatabaseError):
    """There is no such backup, it is damaged, or may not be restored there."""


class RefusedRowsError(StoreUnavailableError):
    """These rows will never be written, however often they are tried.

    Distinguished within the store only: whoever asks it has got no answer either way.
    """
