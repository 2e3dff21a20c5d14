"""Whatever somebody changes in the database shows: rows, entries, tiles, head."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from bureau.transparency.log import Head, KeptCheckpoint
from signing.transparency.checkpoints import Checkpoint, NoteSigner
from signing.transparency.notes import Kind, Note
from store.audit.retention import apply_retention
from store.store import Store
from store.transparency.checking import Checked, Trusted, check_log
from store.transparency.checkpoints import StoredCheckpoints
from tests.store.transparency.written import (
    NOON,
    add_audit,
    add_moves,
    add_versions,
    append_all,
)

ORIGIN = "log.example/gateway"
SIGNER = NoteSigner(
    ORIGIN, Kind.ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32))
)


async def found(url: str, trusted: Trusted | None = None) -> tuple[list[str], Checked]:
    findings: list[str] = []
    checked = await check_log(url, findings.append, trusted or Trusted())
    assert checked.findings == len(findings)
    return findings, checked


async def attack(store: Store, *statements: str) -> None:
    """Change what nobody may, as the database's owner can."""
    async with store.engine.begin() as connection:
        if store.engine.dialect.name == "sqlite":
            names = await connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            )
            for name in names.scalars().all():
                await connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            await connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            await connection.execute(text(statement))
        if store.engine.dialect.name != "sqlite":
            await connection.execute(text("SET session_replication_role = origin"))


async def filled(store: Store) -> Head:
    """Have 300 entries of moves, and two of ten audit records each."""
    await add_moves(store, 300)
    await add_audit(store, 10)
    await append_all(store)
    await add_audit(store, 10, 10)
    return await append_all(store)


async def sign(store: Store, head: Head) -> Checkpoint:
    checkpoint = Checkpoint(ORIGIN, head.size, head.root)
    note = Note(checkpoint.text, [SIGNER.sign(checkpoint, NOON)])
    await StoredCheckpoints(store).keep(
        KeptCheckpoint(size=head.size, note=str(note), at=NOON, is_witnessed=True)
    )
    return checkpoint


async def test_a_log_that_nobody_changed_is_whole(
    store: Store, database_url: str
) -> None:
    checkpoint = await sign(store, await filled(store))
    await add_audit(store, 2, 20)
    trusted = Trusted(keys=[SIGNER.key], known=[checkpoint])

    findings, checked = await found(database_url, trusted)

    assert findings == []
    assert (checked.entries, checked.rows, checked.pending) == (302, 320, 2)
    assert checked.checkpoints == 2


async def test_a_log_of_versions_that_were_replaced_is_whole_and_a_changed_one_told(
    store: Store, database_url: str
) -> None:
    await add_versions(store, 4)
    await append_all(store)
    await add_versions(store, 2, NOON + timedelta(days=1))
    await append_all(store)

    findings, checked = await found(database_url)
    await attack(store, "UPDATE seen_versions SET said = 'else' WHERE id = 4")
    after, _ = await found(database_url)

    assert (findings, checked.entries, checked.rows) == ([], 2, 4)
    assert after == ["seen_versions row 4: it was changed"]


async def test_a_checkpoint_that_no_key_of_the_log_signed_is_told(
    store: Store, database_url: str
) -> None:
    await sign(store, await filled(store))
    stranger = NoteSigner(
        ORIGIN, Kind.ED25519, Ed25519PrivateKey.from_private_bytes(b"1" * 32)
    )

    findings, _ = await found(database_url, Trusted(keys=[stranger.key]))

    assert findings == [
        f"the checkpoint of 302 leaves: it is not signed by {ORIGIN}",
    ]


async def test_a_log_without_an_entry_is_whole(database_url: str) -> None:
    assert (await found(database_url))[0] == []


ROOM = "(SELECT max(id) + 1 FROM audit_records)"
COPY = (
    "INSERT INTO audit_records (id, at, event, caller, sources) "
    "SELECT {id}, at, event, caller, sources FROM audit_records WHERE id = 5"
)
REWRITTEN = "UPDATE log_entries SET {column} = (SELECT {column} FROM log_entries e "
REWRITTEN += "WHERE e.id = 4) WHERE id = 5"
NO_SALT = "UPDATE log_entries SET salts = CAST(substr(salts, 1, 64) || {nought} || "
NO_SALT += "substr(salts, 81) AS {blob}) WHERE id = 300"
LEAF = "(SELECT leaf FROM log_entries WHERE id = 1)"
OF_LEAVES = "UPDATE log_tiles SET hashes = CAST({leaf} || substr(hashes, 33) AS {blob})"
OF_LEAVES += " WHERE level = 0 AND place = 1"
ABOVE = "UPDATE log_tiles SET hashes = {leaf} WHERE level = 1"
NO_LEAF = "entry {}: it is not the leaf that the tree has there"
AUDIT = "audit_records row {}: it was {}"
MOVE = "claim_moves row {}: it was {}"


@pytest.mark.parametrize(
    ("statements", "findings"),
    [
        pytest.param(
            ["UPDATE audit_records SET caller = 'nobody' WHERE id = 5"],
            [AUDIT.format(5, "changed")],
            id="edited",
        ),
        pytest.param(
            ["UPDATE claim_moves SET reason = 'x' WHERE id IN (3, 300)"],
            [MOVE.format(3, "changed"), MOVE.format(300, "changed")],
            id="edited elsewhere",
        ),
        pytest.param(
            ["DELETE FROM audit_records WHERE id = 20"],
            [AUDIT.format(20, "removed")],
            id="the last removed",
        ),
        pytest.param(
            ["DELETE FROM audit_records WHERE id IN (1, 12)"],
            [AUDIT.format(1, "removed"), AUDIT.format(12, "removed")],
            id="removed",
        ),
        pytest.param(
            [COPY.format(id=ROOM)],
            [AUDIT.format(21, "never logged")],
            id="inserted at the end",
        ),
        pytest.param(
            [COPY.format(id=0)],
            [AUDIT.format(0, "never logged")],
            id="inserted before all",
        ),
        pytest.param(
            [
                "UPDATE audit_records SET id = 1000 WHERE id = 4",
                "UPDATE audit_records SET id = 4 WHERE id = 6",
                "UPDATE audit_records SET id = 6 WHERE id = 1000",
            ],
            [AUDIT.format(4, "changed"), AUDIT.format(6, "changed")],
            id="reordered",
        ),
        pytest.param(
            ["UPDATE audit_records SET id = 30 WHERE id = 5"],
            [AUDIT.format(5, "removed"), AUDIT.format(30, "never logged")],
            id="moved to the end",
        ),
        pytest.param(
            ["DELETE FROM audit_records WHERE id = 5", NO_SALT],
            [AUDIT.format(5, "removed")],
            id="removed as if by retention",
        ),
        pytest.param(
            [NO_SALT],
            ["audit_records row 5: its salt was removed"],
            id="a salt removed",
        ),
        pytest.param(
            [REWRITTEN.format(column="salts")],
            [MOVE.format(6, "changed")],
            id="another salt",
        ),
        pytest.param(
            [REWRITTEN.format(column="leaf")],
            [NO_LEAF.format(5)],
            id="another leaf",
        ),
        pytest.param(
            ["UPDATE log_entries SET kind = 'audit' WHERE id = 5"],
            [NO_LEAF.format(5), MOVE.format(6, "changed")],
            id="another kind",
        ),
        pytest.param(
            ["UPDATE log_entries SET source = 'nothing' WHERE id = 5"],
            [
                "entry 5: no table 'nothing' is logged",
                MOVE.format(6, "never logged"),
            ],
            id="another table",
        ),
        pytest.param(
            ["UPDATE log_entries SET rows = substr(rows, 2) WHERE id = 5"],
            [
                "entry 5: rows have 40 bytes each, and 39 stand there",
                MOVE.format(6, "never logged"),
            ],
            id="a broken entry",
        ),
        pytest.param(
            ["UPDATE log_entries SET last_row = 1000 WHERE id = 5"],
            ["entry 5: it is said to be of other rows than it has"],
            id="of other rows",
        ),
        pytest.param(
            ["DELETE FROM log_entries WHERE id = 301"],
            [
                "tile/0/001: it has 1472 bytes, not 1440",
                "the head says 302 leaves, and there are 301",
                *(AUDIT.format(id_, "never logged") for id_ in range(11, 21)),
            ],
            id="the last entry removed",
        ),
        pytest.param(
            ["UPDATE log_head SET root = {leaf}"],
            ["the head is not the root of the leaves"],
            id="another head",
        ),
        pytest.param(
            [ABOVE],
            ["the last tiles are not what the leaves make"],
            id="another tile above",
        ),
        pytest.param(
            [OF_LEAVES],
            [NO_LEAF.format(256), "the head is not the root of the leaves"],
            id="another tile of leaves",
        ),
        pytest.param(
            ["DELETE FROM log_tiles WHERE level = 1"],
            ["tile/1/000: it has 0 bytes, not 32"],
            id="a tile removed",
        ),
    ],
)
async def test_a_change_is_found(
    store: Store, database_url: str, statements: list[str], findings: list[str]
) -> None:
    await filled(store)
    is_sqlite = store.engine.dialect.name == "sqlite"
    noughts = "00" * 16
    words = {
        "nought": f"X'{noughts}'" if is_sqlite else f"decode('{noughts}', 'hex')",
        "blob": "BLOB" if is_sqlite else "bytea",
        "leaf": LEAF,
    }
    await attack(store, *(one.format(**words) for one in statements))

    assert (await found(database_url))[0] == findings


async def test_a_row_that_was_never_logged_as_it_was_is_told_apart(
    store: Store, database_url: str
) -> None:
    await add_moves(store, 2)
    await attack(store, "DELETE FROM claim_moves WHERE id = 2")
    await append_all(store)

    assert (await found(database_url))[0] == [
        MOVE.format(2, "removed before it was logged")
    ]


async def test_a_row_put_between_others_was_logged_after_them(
    store: Store, database_url: str
) -> None:
    await filled(store)
    await attack(store, "DELETE FROM audit_records WHERE id = 5")
    async with store.engine.begin() as connection:
        copy = COPY.format(id=5).replace("WHERE id = 5", "WHERE id = 6")
        await connection.execute(text(copy))
        queue = "INSERT INTO log_queue (source, row_id) VALUES ('audit_records', 5)"
        await connection.execute(text(queue))
    await append_all(store)

    assert (await found(database_url))[0] == ["audit_records row 5: it was changed"]


async def test_a_row_of_an_earlier_id_was_logged_after_later_ones(
    store: Store, database_url: str
) -> None:
    await filled(store)
    async with store.engine.begin() as connection:
        await connection.execute(text(COPY.format(id=0)))
    await append_all(store)

    assert (await found(database_url))[0] == [
        "audit_records row 0: it was logged after later ones"
    ]


async def test_what_went_by_retention_is_told_apart(
    store: Store, database_url: str
) -> None:
    await filled(store)
    kept_from = NOON + timedelta(seconds=15)
    await apply_retention(store, kept_from, NOON + timedelta(days=1))
    await append_all(store)

    findings, checked = await found(database_url)
    await attack(store, "DELETE FROM audit_records WHERE id = 16")
    after, _ = await found(database_url)

    assert findings == []
    assert checked.retained == 15
    assert after == ["audit_records row 16: it was removed"]


async def test_the_salts_of_what_went_by_retention_are_gone(store: Store) -> None:
    await filled(store)
    await apply_retention(store, NOON + timedelta(seconds=5), NOON + timedelta(days=1))
    async with store.engine.connect() as connection:
        salts = await connection.scalar(
            text("SELECT salts FROM log_entries WHERE id = 300")
        )

    assert salts[:80] == bytes(80)
    assert bytes(16) not in {salts[at : at + 16] for at in range(80, 160, 16)}


async def test_who_makes_all_of_it_anew_does_not_make_a_checkpoint(
    store: Store, database_url: str
) -> None:
    await filled(store)
    kept = Checkpoint(ORIGIN, 301, bytes(32))
    longer = Checkpoint(ORIGIN, 303, bytes(32))

    findings, _ = await found(database_url, Trusted(known=[kept, longer]))

    assert findings == [
        (
            "the checkpoint that was kept elsewhere of 301 leaves: the log has another "
            "root"
        ),
        "a checkpoint of 303 leaves: the log has 302",
    ]


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        pytest.param(
            "UPDATE log_checkpoints SET note = replace(note, '302', '301')",
            "does not fit",
            id="a changed note",
        ),
        pytest.param(
            "UPDATE log_checkpoints SET note = 'x'",
            "a note ends in an empty line",
            id="no note",
        ),
        pytest.param(
            "UPDATE log_checkpoints SET note = replace(note, '—', '-')",
            "a signature is",
            id="not signed",
        ),
        pytest.param(
            "UPDATE log_checkpoints SET size = 301",
            "it says 302 leaves",
            id="of another size",
        ),
    ],
)
async def test_a_checkpoint_that_was_changed_is_found(
    store: Store, database_url: str, changed: str, finding: str
) -> None:
    await sign(store, await filled(store))
    await attack(store, changed)

    findings, _ = await found(database_url, Trusted(keys=[SIGNER.key]))

    assert len(findings) == 1
    assert finding in findings[0]
