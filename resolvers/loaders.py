"""One batch an agency a request, however many people and aliases ask."""

import asyncio
from collections.abc import Sequence

from strawberry.dataloader import DataLoader

from connectors.agency import Agency
from connectors.answer import Answer
from policy.identity import Identity


class AnswerLoader:
    """Collects the people asked about in one tick and asks the agency once."""

    def __init__(self, agency: Agency, deadline: float) -> None:
        self._agency = agency
        self._deadline = deadline
        self._loader: DataLoader[Identity, Answer] = DataLoader(load_fn=self._load)

    def load(self, holder: Identity) -> asyncio.Future[Answer]:
        """Return the agency's answer about ``holder``, once it is there."""
        return self._loader.load(holder)  # type: ignore[return-value]  # it is a Future

    async def _load(self, holders: list[Identity]) -> Sequence[Answer]:
        budget = self._deadline - asyncio.get_running_loop().time()
        return await self._agency.ask(holders, budget)
