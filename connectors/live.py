"""The agencies and keys in force, swapped as a whole when something changes.

A request takes the snapshot that is there when it begins and looks at no other. A
snapshot is immutable; what may change under a request are an agency's keys and
account (``Agency.put_in_force``), which is what a sanction is for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.agency import Agency
from connectors.registration.sanctions import Sanction
from connectors.registry import Registry
from signing.trust import TrustBundle


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that answers are computed with, as of one change."""

    sequence: int
    """How many changes were made before it; of the operator's files alone, -1."""
    registry: Registry
    bundle: TrustBundle
    sanctions: Sequence[Sanction] = ()
    """Those that did not end."""

    def sanctions_on(self, agency: Agency) -> Sequence[Sanction]:
        """Return the sanctions on whom an agency acts for, oldest first."""
        bodies = (agency.manifest.authority, agency.manifest.collection_body)
        return [one for one in self.sanctions if one.body in bodies]


@dataclass(slots=True)
class Live:
    """A reference to the newest snapshot."""

    snapshot: Snapshot = Snapshot(-1, Registry(()), TrustBundle.of(()))
    """No agency, until somebody puts one in force."""
