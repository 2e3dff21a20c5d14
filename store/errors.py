"""Why the database cannot be opened. The message says what to do next."""


class UnusableDatabaseError(Exception):
    """There is no such database, it cannot be reached, or it is at another step."""
