"""Admit the people a request asks about: all that come in one tick, or none."""

import asyncio
from collections.abc import Sequence
from datetime import date

from strawberry.dataloader import DataLoader

from policy.identity import Identity
from resolvers.caller import Caller
from resolvers.oversight import Alert, Oversight
from resolvers.people_budget import OverBudgetError

_ALERTS = {80: Alert.PEOPLE_BUDGET_80, 100: Alert.PEOPLE_BUDGET_SPENT}


class Admission:
    """Counts one request's people against its caller's budget."""

    def __init__(self, oversight: Oversight, caller: Caller, today: date) -> None:
        self._oversight = oversight
        self._caller = caller.id
        self._today = today
        self._loader: DataLoader[Identity | str, str] = DataLoader(load_fn=self._admit)

    def load(self, person: Identity | str) -> asyncio.Future[str]:
        """Return the pseudonym of ``person``, once they may be looked up.

        A text is a certificate id that is none; it counts as one more person. The
        future raises ``OverBudgetError`` or ``AuditUnavailableError``.
        """
        return self._loader.load(person)  # type: ignore[return-value]  # it is a Future

    async def _admit(self, people: list[Identity | str]) -> Sequence[str]:
        oversight = self._oversight
        # Before the budget: what cannot be recorded is not counted either.
        oversight.audit.require_open()
        pseudonyms = [oversight.pseudonyms.of(person) for person in people]
        try:
            spent = oversight.budget.admit(self._caller, pseudonyms, self._today)
        except OverBudgetError as error:
            if error.is_news:
                self._alert(Alert.PEOPLE_BUDGET_SPENT, error.found)
            raise
        if spent.is_news:
            self._alert(_ALERTS[spent.percent], spent.people)
        return pseudonyms

    def _alert(self, alert: Alert, people: int) -> None:
        self._oversight.observer.alerted(alert, self._caller, people)
