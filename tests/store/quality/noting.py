"""Who is told of versions, and notes it."""

from dataclasses import dataclass, field


@dataclass
class Notes:
    """Implements ``gateway.registry.versions.VersionObserver``."""

    told: list[tuple[str, ...]] = field(default_factory=list)

    def rolled_back(self, agency: str, code: str) -> None:
        self.told.append((agency, code))

    def versions_kept(self) -> None:
        """See ``VersionObserver``."""

    def versions_failed(self, reason: str) -> None:
        self.told.append((reason,))
