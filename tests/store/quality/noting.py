"""Who is told of versions, and notes it."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Notes:
    """Implements ``gateway.registry.versions.VersionObserver``."""

    told: list[tuple[str, ...]] = field(default_factory=list)
    kept: asyncio.Event = field(default_factory=asyncio.Event)
    failed: asyncio.Event = field(default_factory=asyncio.Event)

    def rolled_back(self, agency: str, code: str) -> None:
        self.told.append((agency, code))

    def versions_kept(self) -> None:
        self.kept.set()

    def versions_failed(self, reason: str) -> None:
        self.told.append((reason,))
        self.failed.set()
