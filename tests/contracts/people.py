"""People no registry knows, each new, so that no cache knows them either."""

from itertools import count

from policy.gb11643 import check_character
from policy.identity import Identity, parse_identity

_SERIAL = count()


def nobodies(how_many: int) -> list[Identity]:
    """Return valid resident identities that are in nobody's registry."""
    return [_nobody(next(_SERIAL)) for _ in range(how_many)]


def _nobody(serial: int) -> Identity:
    """Return a person of a district that the sandbox never uses, born 1900."""
    day, sequence = divmod(serial, 1000)
    seventeen = f"659004190001{day + 1:02}{sequence:03}"
    return parse_identity(seventeen + check_character(seventeen))
