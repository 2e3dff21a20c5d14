"""The pages there are, in the order of the menu. What is not here is not linked."""

from enum import StrEnum


class Section(StrEnum):
    """A page of the menu; its value is the last part of its address."""

    CLAIM = "claim"
    BATCH = "batch"
    CERTIFICATE = "certificate"
    AGENCIES = "agencies"
    REGISTRATION = "registration"
    SANCTIONS = "sanctions"
    LEDGER = "ledger"
    TOTALS = "totals"
    RECONCILIATION = "reconciliation"
    CORRECTIONS = "corrections"
    RECOVERIES = "recoveries"
    LOG = "log"

    @property
    def takes_files(self) -> bool:
        """Whether a form of it may have a file."""
        return self in {Section.BATCH, Section.RECONCILIATION}

    @property
    def path(self) -> str:
        """Return where it is."""
        return f"/console/{self}"

    @property
    def word(self) -> str:
        """Return the key of its name."""
        return f"section_{self}"
