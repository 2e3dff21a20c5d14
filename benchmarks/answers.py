"""Compare what servers answer before they are timed: the same job, or none.

Honest people, one with two hundred certificates, one who holds nothing, and one
person a ``Forgery``: a server has to answer of each what our gateway answers, to the
last reason; and what our gateway answers of the forged is compared with what was
forged. The order of fields is free, that of certificates and sources is not.
"""

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.claims import claims_about, compared_claims
from benchmarks.minting import FORGED_AGENCY, WIDE_CERTIFICATES, Corpus, Forgery
from benchmarks.people import AGENCIES
from benchmarks.processes import BenchmarkError
from benchmarks.questions import (
    Dialect,
    Question,
    batch_about,
    field_of,
    question_about,
)
from benchmarks.stage import Server

Answers = Mapping[str, Any]
RECORDS = 2 * len(AGENCIES)


def answers_of(server: Server, corpus: Corpus, *, with_claims: bool) -> Answers:
    """Ask about everybody the comparison is about; return the answers by name."""
    sizes = corpus.sizes
    ask = question_about(server.dialect)
    people = {
        **{f"honest {place}": sizes.checked_from + place for place in range(10)},
        **{
            f"forged: {forgery}": sizes.forged_from + place
            for place, forgery in enumerate(Forgery)
        },
        "wide": sizes.unknown_from - 1,
        "unknown": sizes.end - 1,
    }
    found: dict[str, Any] = {
        name: holder_of(server, ask(index)) for name, index in people.items()
    }
    if server.dialect is not Dialect.FEDERATION:
        indices = range(sizes.checked_from, sizes.forged_from)
        found["batch"] = holders_of(server, batch_about(server.dialect)(indices))
    if with_claims:
        claims = [claim for claim, _ in compared_claims(corpus)]
        found["claims"] = checks_of(server, claims_about(server.dialect)(claims))
    return found


def of_the_honest(answers: Answers) -> Answers:
    """Return what is answered about people whose records may be collected.

    What is forged was never taken, and that nothing was sent is no signed absence.
    """
    return {
        name: answer
        for name, answer in answers.items()
        if name in ("batch", "wide") or name.startswith("honest")
    }


def holder_of(server: Server, question: Question) -> Any:  # noqa: ANN401 - JSON
    """Return the ``holder`` of an answer, in the shape of the README's.

    Raises:
        BenchmarkError: there is none.
    """
    data = _data(server, question)
    if server.dialect is not Dialect.FEDERATION:
        return data["holder"]
    parts = [data[field_of(agency)] for agency in AGENCIES]
    nodes = [node for part in parts for node in part["certificates"]["nodes"]]
    sources = [row for part in parts for row in part["sources"]]
    return {"certificates": {"nodes": nodes}, "sources": sources}


def holders_of(server: Server, question: Question) -> Any:  # noqa: ANN401 - JSON
    """Return the list of holders of an answer to a batch."""
    holders = _data(server, question)["holders"]
    return holders["nodes"] if server.dialect is Dialect.GATEWAY else holders


def checks_of(server: Server, question: Question) -> Any:  # noqa: ANN401 - JSON
    """Return what an answer says of each claim."""
    nodes = _data(server, question)["verifyClaims"]["nodes"]
    return [
        {name: value for name, value in node.items() if name != "__typename"}
        for node in nodes
    ]


def _data(server: Server, question: Question) -> Any:  # noqa: ANN401 - JSON
    status, answer = server.post(question.body)
    if status != 200 or "errors" in answer or not answer.get("data"):  # noqa: PLR2004
        raise BenchmarkError(f"{server.name} answered {status} {answer}")
    return answer["data"]


def require_right_claims(reference: Answers, corpus: Corpus) -> None:
    """Require of our own gateway what each claim was made to come to.

    Raises:
        BenchmarkError: a claim came to something else.
    """
    expected = [outcome for _, outcome in compared_claims(corpus)]
    found = [check.get("outcome") for check in reference["claims"]]
    if found != expected:
        raise BenchmarkError(f"gateway: claims: {found}, not {expected}")


def require_honest(reference: Answers) -> None:
    """Require of our own gateway's answers what the data was made to give.

    Raises:
        BenchmarkError: a good record is missing, or a forged one is there.
    """
    for name, answer in reference.items():
        if name == "claims":
            continue
        holders = answer if name == "batch" else [answer]
        for holder in holders:
            outcomes = [row["outcome"] for row in holder["sources"]]
            expected = _expected(name)
            found = (len(holder["certificates"]["nodes"]), outcomes)
            if found != expected:
                raise BenchmarkError(f"gateway: {name}: {found}, not {expected}")


def _expected(name: str) -> tuple[int, list[str]]:
    answered = ["ANSWERED"] * len(AGENCIES)
    if name == "wide":
        return WIDE_CERTIFICATES, answered
    if name == "unknown":
        return 0, ["NONE"] * len(AGENCIES)
    if name.startswith("forged"):
        place = list(AGENCIES).index(FORGED_AGENCY)
        answered[place] = "UNVERIFIED"
        return RECORDS - 1, answered
    return RECORDS, answered


def require_same(server: Server, found: Answers, reference: Answers) -> None:
    """Require that a server answers as our gateway does.

    Raises:
        BenchmarkError: it does not; the first difference is named.
    """
    for name, answer in found.items():
        expected = reference[name]
        if server.dialect is Dialect.FEDERATION:
            # It has a list an agency, and no place where the three could be sorted.
            answer, expected = _by_number(answer), _by_number(expected)  # noqa: PLW2901
        if answer != expected:
            place = first_difference(answer, expected)
            raise BenchmarkError(f"{server.name} answers otherwise: {name}{place}")


def _by_number(holder: Any) -> Any:  # noqa: ANN401 - JSON
    nodes = holder["certificates"]["nodes"]
    ordered = sorted(nodes, key=lambda node: json.dumps(node, sort_keys=True))
    return {**holder, "certificates": {"nodes": ordered}}


def first_difference(found: object, expected: object, place: str = "") -> str:
    """Say where two JSON values differ first."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted({*found, *expected}):
            if found.get(key) != expected.get(key):
                inner = f"{place}.{key}"
                return first_difference(found.get(key), expected.get(key), inner)
    if isinstance(found, list) and isinstance(expected, list):
        if len(found) != len(expected):
            return f"{place}: {len(found)} entries, not {len(expected)}"
        for number, pair in enumerate(zip(found, expected, strict=True)):
            if pair[0] != pair[1]:
                return first_difference(*pair, f"{place}[{number}]")
    return f"{place}: {found!r}, not {expected!r}"
