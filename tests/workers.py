"""Run tests in forks of the process that has collected them: ``--workers 4``.

To collect fifteen thousand tests takes twenty seconds of a processor, which is done
once, and not by every worker. Each worker has fixtures of its own. It is given a span
of the tests, and half of the longest one that is left when it has come to the end of
its own. Where one ends in the middle of a test that test has failed, and another goes
on with the rest.
"""

import atexit
import os
import signal
import sys
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, NoReturn, cast

import pytest


@dataclass(slots=True)
class Worker:
    """A fork, what it may be given still, and what it was given and has not told of."""

    pid: int
    connection: Connection
    pending: deque[int]
    given: deque[int] = field(default_factory=deque)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take a number of workers; without one, tests run in this process."""
    parser.addoption("--workers", type=int, default=0, help="forks that run the tests")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run what was collected; report it here."""
    number: int = session.config.getoption("workers")
    if not number or session.config.option.collectonly or session.testsfailed:
        return None
    with _workers(session, number) as workers:
        while at_work := {w.connection: w for w in workers if not w.connection.closed}:
            for connection in wait(list(at_work)):
                _hear(session, at_work[cast("Connection", connection)], workers)
    is_over = session.shouldfail or session.shouldstop
    if not is_over and any(worker.pending for worker in workers):
        session.shouldfail = "no worker is left to run the rest"
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)
    return True


def spans(many: int, number: int) -> list[deque[int]]:
    """Return the numbers of ``many`` tests in rows of nearly the same length."""
    ends = [many * place // number for place in range(number + 1)]
    return [deque(range(*span)) for span in pairwise(ends)]


def take(worker: Worker, workers: Sequence[Worker]) -> int | None:
    """Return the number of a worker's next test; None if there is none anywhere."""
    if not worker.pending:
        longest = max((other.pending for other in workers), key=len)
        for _ in range((len(longest) + 1) // 2):
            worker.pending.appendleft(longest.pop())
    return worker.pending.popleft() if worker.pending else None


@contextmanager
def _workers(session: pytest.Session, number: int) -> Iterator[list[Worker]]:
    workers: list[Worker] = []
    # The folder of all is made once.
    _folders(session.config).getbasetemp()
    try:
        for span in spans(len(session.items), number):
            _start(session, workers, span)
        yield workers
    finally:
        for worker in workers:
            # Who asks for a test when nobody answers has come to the end of them.
            worker.connection.close()
            os.waitpid(worker.pid, 0)


def _start(session: pytest.Session, workers: list[Worker], span: deque[int]) -> None:
    """Fork one more worker."""
    here, there = Pipe()
    pid = os.fork()
    if pid == 0:
        for other in (here, *(worker.connection for worker in workers)):
            other.close()
        _work(session, there, f"worker-{len(workers)}")
    there.close()
    workers.append(Worker(pid, here, span))


def _hear(session: pytest.Session, worker: Worker, workers: list[Worker]) -> None:
    """Give a worker what it asks for, or report what it tells."""
    try:
        told: list[dict[str, Any]] | None = worker.connection.recv()
        if told is None:
            is_over = session.shouldfail or session.shouldstop
            number = None if is_over else take(worker, workers)
            if number is not None:
                worker.given.append(number)
            worker.connection.send(number)
            return
    except (EOFError, OSError):
        worker.connection.close()
        if worker.given:
            _report_end(session, session.items[worker.given.popleft()])
            rest = deque((*worker.given, *worker.pending))
            worker.pending = deque()
            _start(session, workers, rest)
        return
    hook = session.config.hook
    item = session.items[worker.given.popleft()]
    for one in told:
        hook.pytest_runtest_logreport(
            report=hook.pytest_report_from_serializable(config=session.config, data=one)
        )
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def _report_end(session: pytest.Session, item: pytest.Item) -> None:
    """Report that a worker ended in the middle of a test."""
    report = pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords={},
        outcome="failed",
        longrepr="the process that ran this test ended",
        when="call",
    )
    session.config.hook.pytest_runtest_logreport(report=report)


class _Reports:
    """What a worker tells of the test that it runs."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.told: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a report until the test is over."""
        self.told.append(
            self._config.hook.pytest_report_to_serializable(
                config=self._config, report=report
            )
        )


def _work(session: pytest.Session, connection: Connection, name: str) -> NoReturn:
    """Be a worker, from here to the end of this process."""
    code = 1
    try:
        reports = _become(session, name)
        given = _asked(connection)
        number = next(given, None)
        while number is not None:
            following = next(given, None)
            item = session.items[number]
            nextitem = None if following is None else session.items[following]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)
            if following is None:
                _collect_errors(item.config)
            connection.send(reports.told)
            reports.told = []
            number = following
        code = 0
    except BaseException as error:  # noqa: BLE001 - what was begun is ended in any case
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if not isinstance(error, (KeyboardInterrupt, ConnectionError)):
            traceback.print_exc(file=sys.__stderr__)
        session._setupstate.teardown_exact(None)
    finally:
        atexit._run_exitfuncs()
        os._exit(code)


def _asked(connection: Connection) -> Iterator[int]:
    """Give the numbers of tests as long as there are some."""
    while True:
        connection.send(None)
        try:
            number: int | None = connection.recv()
        except (EOFError, ConnectionError):
            return
        if number is None:
            return
        yield number


def _become(session: pytest.Session, name: str) -> _Reports:
    """Leave to the parent what is its own: the terminal, what is captured, folders."""
    config = session.config
    config.pluginmanager.unregister(name="terminalreporter")
    reports = _Reports(config)
    config.pluginmanager.register(reports)
    capture = cast("Any", config.pluginmanager.getplugin("capturemanager"))
    capture.stop_global_capturing()
    capture.start_global_capturing()
    folders = _folders(config)
    folders._basetemp = folders.mktemp(name, numbered=False)
    return reports


def _collect_errors(config: pytest.Config) -> None:
    """Raise what went wrong where nobody could raise it, as pytest does at its end."""
    plugin = cast("Any", config.pluginmanager.getplugin("unraisableexception"))
    plugin.pytest_unconfigure(config)


def _folders(config: pytest.Config) -> Any:
    # pytest has no public way to it.
    return cast("Any", config)._tmp_path_factory
