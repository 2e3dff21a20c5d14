"""Open the log of hashes: what appends to it, signs it, and has it cosigned."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.resources import files

import aiohttp

from bureau.receipts.logged import LogState, Quorum
from gateway.providers.listed import KeyOf
from gateway.settings.settings import Settings
from gateway.transparency.keeping import LogKeeper
from gateway.transparency.keys import LogKeys, read_keys, read_witnesses
from gateway.transparency.metrics import TransparencyMetrics
from gateway.transparency.telling import keep_telling
from gateway.transparency.witnessing import Witnessing
from signing.transparency.policies import Policy
from store.background import Supervisor
from store.store import Store
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.facts import StoredFacts
from store.transparency.finding import StoredRows
from store.transparency.look_ups import StoredLookUps
from store.transparency.publishing import StoredTree
from store.transparency.reach import StoredReach

POLICY_FILES = ("catalogue.toml", "clauses.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLog:
    """The log, as requests and other features use it."""

    rows: StoredRows
    tree: StoredTree
    checkpoints: StoredCheckpoints
    facts: StoredFacts
    keys: LogKeys | None
    policy: Policy | None
    requires_witnesses: bool
    reports: TransparencyMetrics
    look_ups: StoredLookUps
    """What agencies are told of look-ups of their data."""
    reach: StoredReach | None
    """How far it covers what answers show; ``None`` where nobody signs it."""
    state: LogState
    """What receipts tell of it."""


@asynccontextmanager
async def open_log(  # noqa: PLR0913, PLR0917 - composed in one place only
    settings: Settings,
    reports: TransparencyMetrics,
    store: Store,
    clock: Callable[[], datetime],
    supervisor: Supervisor,
    key_of: KeyOf,
) -> AsyncIterator[OpenLog]:
    """Open the log, and keep it going.

    Raises:
        StartError: a key or the policy of witnesses cannot be used.
    """
    options = settings.transparency
    keys = read_keys(settings, key_of)
    policy = read_witnesses(options, keys, clock())
    keeper = LogKeeper(
        store,
        keys,
        reports,
        clock,
        is_witnessed=policy is None,
        policy=digests_of_policy(),
    )
    opened = OpenLog(
        rows=StoredRows(store, witnessed=options.requires_witnesses),
        tree=StoredTree(store),
        checkpoints=StoredCheckpoints(store),
        facts=StoredFacts(store),
        keys=keys,
        policy=policy,
        requires_witnesses=options.requires_witnesses,
        reports=reports,
        look_ups=StoredLookUps(store, witnessed=options.requires_witnesses),
        reach=StoredReach(store, witnessed=options.requires_witnesses)
        if keys is not None
        else None,
        state=LogState(
            lambda: keeper.newest, partial(_quorum, keeper, reports, policy)
        ),
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(supervisor.running(keeper.keep, "transparency"))
        if keys is not None:
            telling = partial(keep_telling, opened.look_ups, clock)
            await stack.enter_async_context(supervisor.running(telling, "look-ups"))
        if policy is not None:
            session = await stack.enter_async_context(
                aiohttp.ClientSession(
                    cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
                )
            )
            witnessing = Witnessing(
                *(opened.tree, opened.checkpoints, policy, session, keeper.signed),
                *(reports, clock),
            )
            await stack.enter_async_context(
                supervisor.running(witnessing.keep, "witnesses")
            )
        yield opened


def _quorum(
    keeper: LogKeeper, reports: TransparencyMetrics, policy: Policy | None
) -> Quorum:
    """Say whether enough witnesses cosigned the newest checkpoint."""
    if policy is None:
        return Quorum.NOT_CONFIGURED
    newest = keeper.newest
    is_met = newest is not None and reports.witnessed_size >= newest.size
    return Quorum.MET if is_met else Quorum.NOT_MET


def digests_of_policy() -> dict[str, str]:
    """Return the digests of what the notice says, as it is in force here."""
    folder = files("policy.annex")
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in POLICY_FILES
    }
