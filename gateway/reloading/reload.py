"""Read the configuration again when told, and put all of it in force or nothing.

It is told by SIGHUP, and by the files themselves: what has changed and stood still
since (``gateway.reloading.files``).

Reading takes its time and is done beside the requests. Then everything is changed
between two of them, without a pause: the registry's snapshot and the callers. Whoever
follows events is judged again at once.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from connectors.errors import ManifestError
from gateway.callers.authenticate import Callers
from gateway.errors import StartError
from gateway.registry.live_registry import LiveRegistry
from gateway.reloading.files import Looks, files_of, look_at
from gateway.reloading.metrics import ReloadMetrics
from gateway.reloading.options import Again, read_again
from gateway.settings.settings import Settings, load_settings
from policy.catalogue import Catalogue
from store.background import Supervisor


class Reload:
    """Puts what a configuration says in force, beside what is there."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        config: Path,
        settings: Settings,
        *,
        read: Looks,
        catalogue: Catalogue,
        registry: LiveRegistry,
        callers_by: Callable[[Settings], Callers],
        put_callers: Callable[[Callers], None],
        metrics: ReloadMetrics,
    ) -> None:
        self._config = config
        self._settings = settings
        """Those in force."""
        self._stated = settings
        """The last ones that could be read, whether or not they are in force."""
        self._read = read
        """The files, as they were when they were read last."""
        self._catalogue = catalogue
        self._registry = registry
        self._callers_by = callers_by
        self._put_callers = put_callers
        self._metrics = metrics

    async def reload(self) -> None:
        """Read the configuration, and put all of it in force, or report why not."""
        try:
            again = await asyncio.to_thread(self._read_again)
            # Nothing is awaited from here on, and what may be refused comes first.
            callers = self._callers_by(again.settings)
            self._registry.put_files_in_force(
                again.manifests, again.bundle, again.secrets
            )
        except (StartError, ManifestError) as error:
            self._metrics.refused(str(error))
            return
        self._put_callers(callers)
        self._settings = again.settings
        self._metrics.taken(again.needs_restart)

    def _read_again(self) -> Again:
        # Looked at before it is read: what changes meanwhile is a change still.
        config = look_at([self._config])
        try:
            self._stated = load_settings(self._config, os.environ)
        finally:
            self._read = {**config, **look_at(files_of(self._stated))}
        return read_again(self._stated, self._settings, self._catalogue)

    async def keep(self, asked: asyncio.Event) -> None:
        """Reload each time it is asked for; of many at once, one reload is enough."""
        while True:
            await asked.wait()
            asked.clear()
            await self.reload()

    async def watch(self, asked: asyncio.Event, seconds: float) -> None:
        """Ask for a reload when files have changed, and stood still for a look."""
        before = self._read
        while True:
            await asyncio.sleep(seconds)
            found = await asyncio.to_thread(self._look)
            if found == before != self._read:
                # Whatever comes of it: the same files are not read again and again.
                self._read = found
                asked.set()
            before = found

    def _look(self) -> Looks:
        return look_at([self._config, *files_of(self._stated)])


@asynccontextmanager
async def reloaded_when_told(
    reload: Reload, supervisor: Supervisor, look_seconds: float
) -> AsyncIterator[None]:
    """Take SIGHUP in this process, whose event loop is running, and watch the files.

    They are looked at every ``look_seconds``; 0: never.
    """
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, asked.set)
    # Held back since the fork (``gateway.serve``): one that came meanwhile comes now.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
    async with AsyncExitStack() as stack:
        stack.callback(loop.remove_signal_handler, signal.SIGHUP)
        keeping = supervisor.running(partial(reload.keep, asked), "reload")
        await stack.enter_async_context(keeping)
        if look_seconds:
            watching = partial(reload.watch, asked, look_seconds)
            await stack.enter_async_context(supervisor.running(watching, "files"))
        yield
