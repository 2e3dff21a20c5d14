"""Read the configuration again on SIGHUP, and put all of it in force or nothing.

Reading takes its time and is done beside the requests. Then everything is changed
between two of them, without a pause: the registry's snapshot and the callers. Whoever
follows events is judged again at once.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from connectors.errors import ManifestError
from gateway.callers.authenticate import Callers
from gateway.errors import StartError
from gateway.registry.live_registry import LiveRegistry
from gateway.reloading.metrics import ReloadMetrics
from gateway.reloading.options import read_again
from gateway.settings.settings import Settings
from policy.catalogue import Catalogue
from store.background import Supervisor


class Reload:
    """Puts what a configuration says in force, beside what is there."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        config: Path,
        settings: Settings,
        *,
        catalogue: Catalogue,
        registry: LiveRegistry,
        callers_by: Callable[[Settings], Callers],
        put_callers: Callable[[Callers], None],
        metrics: ReloadMetrics,
    ) -> None:
        self._config = config
        self._settings = settings
        """Those in force."""
        self._catalogue = catalogue
        self._registry = registry
        self._callers_by = callers_by
        self._put_callers = put_callers
        self._metrics = metrics

    async def reload(self) -> None:
        """Read the configuration, and put all of it in force, or report why not."""
        try:
            again = await asyncio.to_thread(
                read_again, self._config, os.environ, self._settings, self._catalogue
            )
            # Nothing is awaited from here on, and what may be refused comes first.
            callers = self._callers_by(again.settings)
            self._registry.put_files_in_force(again.manifests, again.bundle)
        except (StartError, ManifestError) as error:
            self._metrics.refused(str(error))
            return
        self._put_callers(callers)
        self._settings = again.settings
        self._metrics.taken(again.needs_restart)

    async def keep(self, asked: asyncio.Event) -> None:
        """Reload each time it is asked for; of many at once, one reload is enough."""
        while True:
            await asked.wait()
            asked.clear()
            await self.reload()


@asynccontextmanager
async def reloaded_on_sighup(
    reload: Reload, supervisor: Supervisor
) -> AsyncIterator[None]:
    """Take SIGHUP in this process, whose event loop is running."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, asked.set)
    # Held back since the fork (``gateway.serve``): one that came meanwhile comes now.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
    try:
        async with supervisor.running(partial(reload.keep, asked), "reload"):
            yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
