"""Ask a gateway for a question or a step of registration, and show the answer.

``sends`` makes a function a command that is a client: it says which document the
command sends, adds the options of whoever asks, and ends the command with 0 if it was
done, 1 if the gateway refused it by type, 2 if it could not be tried.

Nothing is tried twice: a step whose answer was lost may have been taken.
"""

import functools
import inspect
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec
import orjson
import typer

from connectors.registration.refusals import RegistrationError
from gateway.client import (
    CA_FILE_HELP,
    GraphError,
    NotAnsweredError,
    address_of,
    post,
    read_token,
    tls_by,
)
from gateway.documents.operations import Document
from gateway.errors import StartError
from gateway.registration.address import address_in
from gateway.registration.answering import Refused, refused_here, show_refusal
from gateway.registration.documents import DOCUMENTS
from gateway.unreached import NotReachedError

T = TypeVar("T")
TIMEOUT_SECONDS = 150.0
"""More than the longest ``http.request_seconds``, in which a check may be run."""
NOTHING_DONE = "OVERLOADED"
"""The code of what was refused before anything was done."""
DOUBT = "; the step may have been taken; look with gateway connector show, or list"


class NotTried(StrEnum):
    """A code for the lack of an answer, where no gateway gives one of its own."""

    NOT_ASKED = "NOT_ASKED"
    NO_ANSWER = "NO_ANSWER"
    NO_GATEWAY = "NO_GATEWAY"
    NOT_UNDERSTOOD = "NOT_UNDERSTOOD"


class NotTriedError(StartError):
    """No answer of the graph came; ``code`` is the gateway's, or one of ours."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Body(msgspec.Struct):
    """An answer of the graph."""

    data: dict[str, Any] | None = None
    errors: tuple[GraphError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client of a gateway, for one document and one form of answers."""

    url: str
    token: str = field(repr=False)
    document: Document
    as_json: bool
    tls: ssl.SSLContext | None = None

    def taken(self, kind: type[T], /, **variables: object) -> T:
        """Take the step; return what it came to, as ``kind``.

        Where the answer is for programs, it is written as it came.

        Raises:
            NotTriedError: the gateway gave no answer, or none that can be read.
            typer.Exit: the step was refused; why has been written.
        """
        data = self.asked(self.document, variables)
        found = data.get(self.document.field)
        if isinstance(found, dict) and found.get("__typename") == _REFUSED:
            self.refuse(data)
        return self._shown(data, _read(found, kind, DOUBT))

    def answered(self, kind: type[T], /, **variables: object) -> T:
        """Ask the question; return all that is answered, as ``kind``.

        Raises:
            NotTriedError: as ``taken``.
        """
        data = self.asked(self.document, variables)
        return self._shown(data, _read(data, kind))

    def _shown(self, data: Mapping[str, Any], read: T) -> T:
        if self.as_json:
            show_json(data)
        return read

    def newest_version(self, connector: str) -> int:
        """Return the newest version of a connector; 0 if none is shown.

        A step on version 0 is refused by the gateway, which knows why: there is no
        such connector, or it is somebody else's.

        Raises:
            NotTriedError: the gateway gave no answer.
        """
        data = self.asked(DOCUMENTS["NewestVersion"], {"id": connector})
        found = _read(data, _Newest).connector
        return 0 if found is None else found.version

    def asked(
        self, document: Document, variables: Mapping[str, object]
    ) -> dict[str, Any]:
        """Return the data that ``document`` is answered with.

        Raises:
            NotTriedError: there are none.
            StartError: a variable is no text or number that JSON has.
        """
        doubt = DOUBT if document.is_step else ""
        try:
            body = orjson.dumps({"query": document.text, "variables": variables})
        except orjson.JSONEncodeError as error:
            raise StartError(f"what was stated cannot be sent: {error}") from None
        try:
            status, text = post(
                self.url,
                self.token,
                body,
                timeout_seconds=TIMEOUT_SECONDS,
                tls=self.tls,
            )
        except NotReachedError as silence:
            raise NotTriedError(NotTried.NO_ANSWER, str(silence)) from None
        except NotAnsweredError as silence:
            raise NotTriedError(NotTried.NO_ANSWER, f"{silence}{doubt}") from None
        try:
            answer = msgspec.json.decode(text, type=_Body)
        except msgspec.DecodeError:
            answer = _Body()
        if status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.data is None:
            doubt = ""
        if answer.errors:
            raise _failed(answer.errors[0], doubt)
        if answer.data is None:
            raise NotTriedError(
                NotTried.NO_GATEWAY,
                f"{self.url}/graphql answers with {status} and is no gateway; state "
                f"--url, a gateway's address{doubt}",
            )
        return answer.data

    def refuse(self, data: Mapping[str, Any]) -> NoReturn:
        """Write why the step was refused, and end with 1.

        Raises:
            typer.Exit: always.
        """
        if self.as_json:
            show_json(data)
        else:
            show_refusal(_read(data[self.document.field], Refused))
        raise typer.Exit(1)


_REFUSED = "RegistrationRefused"


class _Version(msgspec.Struct):
    version: int


class _Newest(msgspec.Struct):
    connector: _Version | None


def _read(found: object, kind: type[T], doubt: str = "") -> T:
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError:
        raise NotTriedError(
            NotTried.NOT_UNDERSTOOD,
            "the gateway answers in a shape that this command does not know; it is of "
            f"another version{doubt}",
        ) from None


def show_json(answer: object) -> None:
    """Write an answer for programs."""
    typer.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())


def _failed(error: GraphError, doubt: str) -> NotTriedError:
    code = error.extensions.code
    if code == NOTHING_DONE:
        doubt = ""
    if code == "UNKNOWN_DOCUMENT":
        doubt = "; this command is of another version than the gateway"
    return NotTriedError(code, f"the gateway says {code}: {error.message}{doubt}")


def _client(  # noqa: PLR0913 - one argument an option
    document: Document,
    *,
    token_file: Annotated[
        Path, typer.Option(help="A file with the bearer token of who asks.")
    ],
    url: Annotated[str | None, typer.Option(help="The gateway's address.")] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="Deprecated: a configuration, for its address. Use --url."),
    ] = None,
    ca_file: Annotated[Path | None, typer.Option(help=CA_FILE_HELP)] = None,
    unsafe_plain_http: Annotated[
        bool,
        typer.Option("--unsafe-plain-http", help="Let http go to another machine."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write the answer for programs, as JSON.")
    ] = False,
) -> Client:
    """Return who sends ``document``, by the options of every such command."""
    stated = url if config is None else address_in(config, url)
    if stated is None:
        raise StartError("no gateway to ask; state --url https://host")
    address = address_of(stated, unsafe_plain_http=unsafe_plain_http)
    token = read_token(token_file)
    return Client(
        url=address,
        token=token,
        document=document,
        as_json=as_json,
        tls=tls_by(ca_file),
    )


def sends(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command that sends the document of this name."""
    document = DOCUMENTS[name]
    shared = _options_of(_client)

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**given: Any) -> None:  # noqa: ANN401 - whatever Typer read
            asker = {one.name: given.pop(one.name) for one in shared}
            try:
                client = _client(document, **asker)
                try:
                    command(client, **given)
                except RegistrationError as refusal:
                    client.refuse({document.field: refused_here(refusal)})
            except StartError as error:
                if asker["as_json"]:
                    show_json({"errors": [_as_error(error)]})
                raise

        parameters = [*_options_of(command), *shared]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by inspect
        run.__annotations__ = {one.name: one.annotation for one in parameters}
        return run

    return decorated


def _options_of(command: Callable[..., object]) -> list[inspect.Parameter]:
    """Return the parameters that a command line fills: all but the first."""
    return list(inspect.signature(command).parameters.values())[1:]


def _as_error(error: StartError) -> dict[str, object]:
    code = error.code if isinstance(error, NotTriedError) else NotTried.NOT_ASKED
    return {"message": str(error), "extensions": {"code": code}}
