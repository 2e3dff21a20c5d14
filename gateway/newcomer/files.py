"""Make the files of a new agency: a manifest, a key, a submission, and a registry."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gateway.errors import StartError
from policy.catalogue import Catalogue, Item
from policy.gb11643 import check_character
from policy.level import Level

TEMPLATES = (
    *("manifest.toml", "submission.toml", "README.md"),
    *("registry.py", "registry.mjs", "Registry.java"),
)
KEY_LASTS = timedelta(days=730)
SECRET_MODE = 0o600
INVENTED = ("31019919930412001", "31019919960422016", "31019919950515123")
"""Who holds two certificates, who one, and who none; their check is put behind."""
ISSUED_AGO = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """An agency that is to join."""

    id: str
    body: str
    credit_code: str
    contact: str
    port: int


def write_newcomer(folder: Path, newcomer: Newcomer, catalogue: Catalogue) -> None:
    """Write everything into ``folder``, which is made.

    Raises:
        StartError: the folder has something in it, or the body collects no row.
    """
    rows = _rows(newcomer.body, catalogue)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise StartError(f"{folder} is not empty; state another folder")
        for name, text in _texts(newcomer, rows).items():
            (folder / name).write_text(text, "utf-8")
        _write_key(folder, newcomer, rows)
    except OSError as error:
        raise StartError(f"{folder}: {error.strerror}") from None


def _rows(body: str, catalogue: Catalogue) -> list[tuple[Item, Level]]:
    """Return the annex rows that a body collects, a row and level each.

    Raises:
        StartError: it collects none.
    """
    rows = [
        (item, level)
        for item in catalogue.items.values()
        if item.collection_body.id == body
        for level in item.levels
    ]
    if not rows:
        known = sorted({one.collection_body.id for one in catalogue.items.values()})
        raise StartError(
            f"{body!r} collects no row of the annex; --body is one of "
            f"{', '.join(known)}"
        )
    return rows


def _texts(newcomer: Newcomer, rows: Sequence[tuple[Item, Level]]) -> Mapping[str, str]:
    """Return every file but the key, by its name."""
    first = rows[0][0]
    values = {
        "id": newcomer.id,
        "kid": kid_of(newcomer),
        "body": newcomer.body,
        "authority": first.authority.id,
        "url": f"http://127.0.0.1:{newcomer.port}/certificates",
        "port": str(newcomer.port),
        "credit_code": newcomer.credit_code,
        "contact": newcomer.contact,
        "items": json.dumps(_codes(rows)),
    }
    two, one, none = (number + check_character(number) for number in INVENTED)
    held = {two: list(islice(rows, 2)), one: rows[:1]}
    return {
        **{name: filled(name, values) for name in TEMPLATES},
        "records.tsv": "".join(
            f"{number}\t{_payload(number, place, of_one)}\n"
            for number, of_one in held.items()
            for place in range(len(of_one))
        ),
        "plan.toml": "".join(
            f'[[holder]]\nid_number = "{number}"\n'
            f"items = {json.dumps([item.code for item, _ in held.get(number, [])])}\n\n"
            for number in (two, one, none)
        ),
    }


def filled(name: str, values: Mapping[str, str]) -> str:
    """Return a template with ``values`` in place of their names between @."""
    text = (files("gateway.newcomer") / "skeleton" / f"{name}.in").read_text("utf-8")
    for word, value in values.items():
        text = text.replace(f"@{word}@", value)
    return text


def kid_of(newcomer: Newcomer) -> str:
    """Return what the first key is called."""
    return f"{newcomer.id}-1"


def _codes(rows: Sequence[tuple[Item, Level]]) -> list[str]:
    return list(dict.fromkeys(item.code for item, _ in rows))


def _payload(number: str, place: int, held: Sequence[tuple[Item, Level]]) -> str:
    """Return one record of an invented person, as it is signed."""
    item, level = held[place]
    issued_on = (datetime.now(UTC) - ISSUED_AGO).date()
    record = {
        "idType": "RESIDENT_ID",
        "idNumber": number,
        "name": "测试人员",
        "number": f"{_number_of(level, issued_on)}{place + 1:05}",
        "title": item.title.zh,
        "category": item.category.zh,
        "item": item.name.zh,
        "itemCode": item.code,
        "level": level.value,
        "firstIssuedOn": str(issued_on),
        "issuedOn": str(issued_on),
        "validFrom": str(issued_on),
        "validUntil": str(issued_on + 6 * timedelta(days=365)),
        "reviewDueOn": str(issued_on + 3 * timedelta(days=365)),
        "state": "VALID",
        "authority": item.authority.name.zh,
        "evaluationBody": item.evaluation_body.name.zh,
        "collectionBody": item.collection_body.name.zh,
        "held": len(held),
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _number_of(level: Level, issued_on: date) -> str:
    """Return the first eleven digits of a qualification number."""
    grade = level.value[-1] if level is not Level.UNGRADED else "0"
    return f"{issued_on.year % 100:02}09000000{grade}"


def _write_key(
    folder: Path, newcomer: Newcomer, rows: Sequence[tuple[Item, Level]]
) -> None:
    """Make a key; write its private half for its owner alone, and its trust entry."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(
        folder / "signing.key.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET_MODE
    )
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
        file.write(private)
    public = key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    today = datetime.now(UTC).date()
    (folder / "trust.toml").write_text(
        f'[[key]]\nkid = "{kid_of(newcomer)}"\ninstitution = "{newcomer.body}"\n'
        f'algorithm = "EdDSA"\nnot_before = {today}T00:00:00Z\n'
        f'not_after = {today + KEY_LASTS}T00:00:00Z\nstate = "active"\n'
        f"scope = {json.dumps(_codes(rows))}\n"
        f'public_key = """\n{public.decode()}"""\n',
        "utf-8",
    )
