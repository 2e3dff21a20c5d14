"""Errors of policy: bad annex data, and an invalid identity number.

    PolicyError
    ├── AnnexError      the project's own data files say something impossible
    └── IdentityError   an identity number that cannot be anybody's (``identity``)

An unmet clause is no error: it is a finding.
"""


class PolicyError(Exception):
    """The root of everything ``policy`` raises."""


class AnnexError(PolicyError):
    """A file under ``policy/annex`` cannot be read as what it claims to be."""

    def __init__(self, where: str, found: str) -> None:
        self.where = where
        self.found = found
        super().__init__(f"{where}: {found}")
