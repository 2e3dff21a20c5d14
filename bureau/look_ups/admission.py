"""Admit the people a request asks about: all that come in one tick, or none."""

import asyncio
from datetime import date

from bureau.caller import Caller
from bureau.look_ups.budget import OverBudgetError, account_of
from bureau.look_ups.oversight import Alert, Oversight
from connectors.errors import StoreUnavailableError
from policy.identity import Identity

_ALERTS = {80: Alert.PEOPLE_BUDGET_80, 100: Alert.PEOPLE_BUDGET_SPENT}


class Admission:
    """Counts one request's people against its caller's budget."""

    def __init__(
        self, oversight: Oversight, caller: Caller, today: date, *, is_of_one: bool
    ) -> None:
        self._is_of_one = is_of_one
        """Whether the request asks about one person: then nobody is waited for."""
        self._oversight = oversight
        self._caller = caller.id
        self._account = account_of(caller.id, caller.districts_in_order)
        self._today = today
        self._asked: dict[Identity | str, None] = {}
        """Whoever is neither admitted nor refused yet, in order."""
        self._pseudonyms: dict[Identity | str, str] = {}
        self._refused: dict[
            Identity | str, OverBudgetError | StoreUnavailableError
        ] = {}

    async def load(self, person: Identity | str) -> str:
        """Return the pseudonym of ``person``, once they may be looked up.

        A text is a certificate id that is none; it counts as one more person.

        Raises:
            OverBudgetError: those who were asked about together are too many.
            StoreUnavailableError: what is looked up now cannot be recorded.
        """
        if person not in self._pseudonyms and person not in self._refused:
            self._asked[person] = None
            if not self._is_of_one:
                await _all_have_asked()
            # Whoever comes first asks for all.
            if person in self._asked:
                self._decide()
        refusal = self._refused.get(person)
        if refusal is not None:
            raise refusal
        return self._pseudonyms[person]

    def has_admitted(self, person: Identity) -> bool:
        """Say whether ``person`` may be looked up."""
        return person in self._pseudonyms

    def _decide(self) -> None:
        people = list(self._asked)
        try:
            pseudonyms = self._admit(people)
        except (OverBudgetError, StoreUnavailableError) as error:
            self._refused |= dict.fromkeys(people, error)
        else:
            self._pseudonyms |= zip(people, pseudonyms, strict=True)
        self._asked.clear()

    def _admit(self, people: list[Identity | str]) -> list[str]:
        oversight = self._oversight
        # Before the budget: what cannot be recorded is not counted either.
        oversight.audit.require_open()
        pseudonyms = list(map(oversight.pseudonyms.of, people))
        try:
            spent = oversight.budget.admit(self._account, pseudonyms, self._today)
        except OverBudgetError as error:
            if error.is_news:
                self._alert(Alert.PEOPLE_BUDGET_SPENT, error.found)
            raise
        if spent.is_news:
            self._alert(_ALERTS[spent.percent], spent.people)
        return pseudonyms

    def _alert(self, alert: Alert, people: int) -> None:
        self._oversight.observer.alerted(alert, self._caller, people)


async def _all_have_asked() -> None:
    """Wait until whatever a request asks at once has been asked.

    That is two turns of the event loop: what stands in a list of people begins one
    turn later than what stands beside the list.
    """
    await asyncio.sleep(0)
    await asyncio.sleep(0)
