"""What is asked, in the words of each kind of server, and what has to come of it.

The holder check is the README's. Who answers about many people at once is asked in
one list: ours by ``PersonInput``, the peers by numbers.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from benchmarks.people import AGENCIES, id_number

ROOT = Path(__file__).parents[1]
TOKEN = "benchmark-" + "0" * 32
CREDENTIALS = MappingProxyType({"Authorization": f"Bearer {TOKEN}"})
PEOPLE_A_BATCH = 20
PAYERS = tuple(f"payer-{number:02}-{'0' * 32}" for number in range(50))
"""The tokens of those who record decisions, by which they are called, too."""


class Dialect(StrEnum):
    """How a server's schema has it."""

    GATEWAY = "gateway"
    PEER = "peer"
    FEDERATION = "federation"
    """A list of certificates an agency: a router cannot join lists of subgraphs."""


def _holder_check() -> str:
    readme = (ROOT / "README.md").read_text("utf-8")
    pattern = r"(?ms)^```graphql\n(query HolderCheck.*?)^```"
    found = re.search(pattern, readme)
    assert found is not None, "the README has a holder check"  # noqa: S101
    return found[1]


HOLDER_CHECK = _holder_check()
_SELECTION = HOLDER_CHECK.partition("holder(idNumber: $idNumber) {")[2].rstrip()[:-3]
BATCH_OF_GATEWAY = (
    "query Batch($people: [PersonInput!]!) {"
    f" holders(people: $people) {{ ... on Holders {{ nodes {{{_SELECTION}}} }} }} }}"
    # The cost of a page without a length is that of the longest one.
).replace("certificates {", f"certificates(first: {PEOPLE_A_BATCH}) {{")
BATCH_OF_PEER = (
    "query Batch($idNumbers: [String!]!) {"
    f" holders(idNumbers: $idNumbers) {{{_SELECTION}}} }}"
)


def field_of(agency: str) -> str:
    """Return the field of an agency in a federated graph."""
    first, *rest = agency.split("-")
    return first + "".join(word.capitalize() for word in rest)


HOLDER_CHECK_OF_ROUTER = (
    "query HolderCheck($idNumber: String!) {"
    + " ".join(f"{field_of(a)}(idNumber: $idNumber) {{{_SELECTION}}}" for a in AGENCIES)
    + " }"
)
CLAIM_FACTS = "hukou: SHANGHAI, isCivilServant: false, acquisition: EXAMINATION"
HELD = (
    "query Held($people: [PersonInput!]!, $on: Date!) { holders(people: $people) {"
    f" ... on Holders {{ nodes {{ certificates(first: {PEOPLE_A_BATCH}) {{ nodes {{"
    " id eligibility(claim: {claimedOn: $on, category: EMPLOYED, "
    f"{CLAIM_FACTS}}}) {{ outcome }} }} }} }} }} }} }}"
)
"""Which certificates people hold, and which of them are paid for."""
DECIDE = (
    "mutation Decide($key: String!, $decision: DecisionInput!, $on: Date!) {"
    " recordDecision(key: $key, decision: $decision, claim: {claimedOn: $on, "
    f"{CLAIM_FACTS}}}) {{ __typename ... on DecisionRefused {{ code clause }}"
    " ... on CertificateNotVerified { source } } }"
)
CHANGES = "subscription Changes { certificateStateChanged { certificateId state } }"
OFFICES = (DECIDE, CHANGES)
"""What no peer is asked."""
TRUSTED = (HOLDER_CHECK, BATCH_OF_GATEWAY, HELD, *OFFICES)
"""What the gateway is told to trust, as an operator does with a client's documents."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request body, and a text that its answer has to hold."""

    body: str
    needle: str


def question_about(dialect: Dialect) -> Callable[[int], Question]:
    """Return what makes the holder check of one person."""
    federated = dialect is Dialect.FEDERATION
    document = HOLDER_CHECK_OF_ROUTER if federated else HOLDER_CHECK

    def of(index: int) -> Question:
        number = id_number(index)
        variables = {"idNumber": number}
        return Question(body(document, variables), f'"T{number}"')

    return of


def batch_about(dialect: Dialect) -> Callable[[Sequence[int]], Question]:
    """Return what makes the question about many people."""

    def of(indices: Sequence[int]) -> Question:
        numbers = [id_number(index) for index in indices]
        if dialect is Dialect.GATEWAY:
            people = [{"idNumber": number} for number in numbers]
            text = body(BATCH_OF_GATEWAY, {"people": people})
        else:
            text = body(BATCH_OF_PEER, {"idNumbers": numbers})
        return Question(text, f'"T{numbers[-1]}"')

    return of


def write(path: Path, questions: Iterable[Question]) -> Path:
    """Write questions as the load reads them."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{asked.body}\t{asked.needle}\n" for asked in questions)
    return path


def head(
    host: str, path: str = "/graphql", credentials: Mapping[str, str] = CREDENTIALS
) -> bytes:
    """Return the start of a request, as far as it is the same for all."""
    stated = "".join(f"{name}: {value}\r\n" for name, value in credentials.items())
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\n"
        f"Content-Type: application/json\r\nAccept: application/json\r\n{stated}"
    ).encode()


def body(document: str, variables: object) -> str:
    """Return a request's body."""
    return json.dumps({"query": document, "variables": variables}, ensure_ascii=False)
