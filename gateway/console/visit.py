"""One request of a page by somebody who signed in, and what its page may use."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bureau.caller import Caller
from gateway.console.asking import Answered, Ask, answer_of
from gateway.console.language import Language
from gateway.console.reconciled import Compare
from gateway.console.rendering import rendered
from gateway.console.sections import Section
from gateway.console.sessions import Session, Sessions
from gateway.console.uploads import Upload

MOST_DIGITS = 7
"""Of a version, and of an amount in yuan."""
Sample: TypeAlias = Callable[[str, dict[str, str]], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request whose caller is known, and whose form was found to be ours."""

    request: Request
    caller: Caller
    language: Language
    section: Section
    form_token: str
    ask: Ask
    sample: Sample
    """Reads one of our metrics, which everybody may read."""
    reconcile: Compare
    """Compares a list with the ledger, in the name of a request's caller."""
    form: Mapping[str, str] = field(default_factory=dict)
    """What was sent; empty of a GET."""
    file: Upload | None = None
    """A file that came with it."""
    session: Session
    sessions: Sessions

    def stated(self, name: str) -> str | None:
        """Return a field of the form; ``None`` if nothing stands in it."""
        return self.form.get(name, "").strip() or None

    def number(self, name: str) -> int | None:
        """Return a field as a whole number; ``None`` if it is none, or too long."""
        stated = self.form.get(name, "").strip()
        if not stated.isascii() or not stated.isdecimal() or len(stated) > MOST_DIGITS:
            return None
        return int(stated)

    async def answer(self, document: str, /, **variables: object) -> Answered:
        """Return what the graph answers to ``document``.

        The purpose and the case are those of the form, where it has them.
        """
        return await self.ask_for(document, self.why, **variables)

    @property
    def why(self) -> Mapping[str, object]:
        """Return why people are looked up, as far as the form says it."""
        return {
            key: value
            for key in ("purpose", "caseNumber")
            if (value := self.stated(key)) is not None
        }

    async def ask_for(
        self, document: str, why: Mapping[str, object], /, **variables: object
    ) -> Answered:
        """Return what the graph answers to ``document``, asked for a stated reason."""
        return await answer_of(self.ask, self.request, document, variables, why)

    def page(self, template: str, status: int = 200, **context: object) -> HTMLResponse:
        """Return a page of this section."""
        return rendered(
            template,
            self.language,
            {
                "caller": self.caller,
                "section": self.section,
                "sections": [*Section],
                "form_token": self.form_token,
                "form": self.form,
                **context,
            },
            status,
        )


Handler: TypeAlias = Callable[[Visit], Awaitable[Response]]
"""What answers a request of a page."""
