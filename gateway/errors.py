"""Refuse to start. The message says what to do next."""


class StartError(Exception):
    """A setting, a file or a port that the gateway cannot start with."""
