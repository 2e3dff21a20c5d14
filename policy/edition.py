"""An edition of the rules, written down: the annex, the clauses and every figure.

Whoever computes a verdict again needs what it was computed by and nothing of ours, so
an edition is one text, JSON with sorted keys, known by its SHA-256. A trace names it
(``policy.trace``); ``annex/trace-v1.schema.json`` says what stands in it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from policy.catalogue import Body, Catalogue, Item, LookAlike, load_catalogue
from policy.clause_text import ClauseText, load_clause_texts
from policy.parameters import Parameter, Parameters, load_parameters

FORMAT = "certificate-gateway-policy@v1"

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"


class Edition(NamedTuple):
    """The rules as text, its SHA-256 in hexadecimal, and the figures that it holds."""

    text: str
    digest: str
    parameters: Parameters


@cache
def load_edition() -> Edition:
    """Return the project's rules as one text, made once.

    Raises:
        AnnexError: the project's own files are broken.
    """
    return edition_of(load_catalogue(), load_parameters())


def edition_of(catalogue: Catalogue, parameters: Parameters) -> Edition:
    """Return the rules of an annex and its figures as one text."""
    text = canonical(
        {
            "format": FORMAT,
            "annex": {
                "bodies": [_body(body) for body in catalogue.bodies.values()],
                "items": [_item(item) for item in catalogue.items.values()],
                "lookAlikes": [_look_alike(one) for one in catalogue.look_alikes],
            },
            "clauses": [_clause(clause) for clause in load_clause_texts()],
            "figuresDigest": parameters.digest,
            "parameters": [_parameter(entry) for entry in parameters.entries],
        }
    )
    return Edition(text, digest_of(text), parameters)


def _body(body: Body) -> Json:
    return {"id": body.id, "name": body.name.zh, "aliases": [*body.aliases]}


def _item(item: Item) -> Json:
    return {
        "code": item.code,
        "sharedCode": item.shared_code,
        "title": item.title.zh,
        "titleAliases": [*item.title_aliases],
        "category": item.category.zh,
        "name": item.name.zh,
        "aliases": [*item.aliases],
        "levels": [*item.levels],
        "anchoredOnFirstIssue": item.anchored_on_first_issue,
        "evaluationBody": item.evaluation_body.id,
        "collectionBody": item.collection_body.id,
        "authority": item.authority.id,
    }


def _look_alike(one: LookAlike) -> Json:
    return {"id": one.id, "words": [*one.words], "numberLength": one.number_length}


def _clause(clause: ClauseText) -> Json:
    return {
        "id": clause.id,
        "source": clause.source,
        "title": [*clause.title],
        "words": [*clause.words],
    }


def _parameter(entry: Parameter) -> Json:
    return {
        "name": entry.name,
        "clause": entry.clause,
        "from": entry.in_force_from.isoformat(),
        "source": entry.source,
        "note": None if entry.note is None else [*entry.note],
        "value": plain(entry.value),
    }


# Any: whatever a parameter may be, see ``policy.parameters``.
def plain(value: Any) -> Json:  # noqa: ANN401
    """Return a value of a parameter as JSON has it; sets come in order."""
    match value:
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
        case frozenset():
            return [plain(one) for one in sorted(value)]
        case tuple():
            return [plain(one) for one in value]
        case date():
            return value.isoformat()
        case bool() | int():
            return value
        case _:
            return str(value)


def canonical(value: object) -> str:
    """Return JSON in its one spelling here: keys sorted, no white space, no escapes."""
    return json.dumps(
        value,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
        allow_nan=False,
    )


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
