"""Where the gateway's processor time goes: its threads, and its Python by package.

The kernel tells what each thread used. What the Python threads did is sampled by
py-spy from outside, without stopping them, and each sample counts for the part whose
function is nearest to where it was: a hash computed for ``signing`` is signing's.
"""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import native
from benchmarks.gateway import GATEWAY
from benchmarks.measuring import MICROSECONDS
from benchmarks.phases import Run, compared, load_of, plan
from benchmarks.processes import TICKS_A_SECOND, BenchmarkError, pinned, settle, tree
from benchmarks.questions import ROOT
from benchmarks.stage import Phase

PY_SPY = ROOT / "var" / "bench" / "tools" / "bin" / "py-spy"
SAMPLES_A_SECOND = 250
SECONDS = 10
FUNCTIONS = 30
PROFILED = (Phase.COLD, Phase.COLLECTED, Phase.SEEN, Phase.WARM)

NATIVE = "HTTP server, native threads"
REST = "the rest of Python"
LOOP = "the event loop's own code, sockets and the server's callbacks"
OUTSIDE = "a thread outside of Python"
THREAD = re.compile(r"thread \((\d+)\)")
_DATABASE = "sqlalchemy/|sqlite3/|concurrent/futures/"
PARTS: tuple[tuple[str, str], ...] = (
    ("signatures", r"/signing/|/cryptography/|/nacl/"),
    ("notice: standing, clauses", r"/policy/"),
    (
        "audit log, budget, database",
        rf"/(bureau/(look_ups|privacy)|store|gateway/privacy)/|{_DATABASE}",
    ),
    (
        "collected records, states, events",
        r"/gateway/(collection|status|subscriptions|registry)/",
    ),
    (
        "agencies: HTTP",
        r"/aiohttp/|/yarl/|/multidict/|/connectors/protocols/",
    ),
    (
        "agencies: decode records",
        r"/connectors/decoding/",
    ),
    ("agencies: caches, guards", r"/connectors/|/cachetools/"),
    ("event loop, sockets", r"/asyncio/|/uvloop/|/granian/"),
    ("GraphQL", r"/resolvers/|/bureau/|/graphql/|/strawberry/"),
    ("front door", r"/gateway/|/starlette/|/prometheus_client/|/structlog/|/logging/"),
)
"""In the order in which they are looked for; a path tells the part."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one phase spends a request, in microseconds."""

    phase: Phase
    answered: int
    cpu_us: float
    parts: Mapping[str, float]
    functions: Mapping[str, float]
    """The functions in which most time was, themselves and what is not Python below."""
    threads: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it, to a tenth of a microsecond."""

        def rounded(figures: Mapping[str, float]) -> dict[str, float]:
            return {name: round(us, 1) for name, us in figures.items()}

        return {
            "answered": self.answered,
            "cpu_us": round(self.cpu_us, 1),
            "parts": rounded(self.parts),
            "functions": rounded(self.functions),
            "threads": rounded(self.threads),
        }


def profiled(run: Run) -> Iterator[Profile]:
    """Profile our gateway in the phases a user meets most.

    Raises:
        BenchmarkError: py-spy is missing or may not look.
    """
    if not PY_SPY.exists():
        raise BenchmarkError("py-spy is not installed; start with: make bench")
    for phase in PROFILED:
        how = plan(phase, run.volume)
        with compared(GATEWAY, run.stage, phase, run.reference) as server:
            load = load_of(run.stage, server, phase, how)
            cores = (run.stage.cores.load,)
            folder = run.stage.folder
            warm = how.volume.warm_up
            # Nobody may be asked about twice where records are to be new.
            most = (
                run.stage.corpus.sizes.holders - warm if phase is Phase.COLD else 10**6
            )
            native.ask(folder, load, cores=cores, requests=warm, seconds=SECONDS)
            settle()
            (pid,) = server.pids
            before = _threads(pid)
            with ThreadPoolExecutor(1) as pool:
                asking = pool.submit(
                    native.ask,
                    folder,
                    load,
                    cores=cores,
                    requests=most,
                    seconds=SECONDS,
                    skip=warm,
                )
                stacks = _sampled(pid, folder / f"{phase}.stacks", cores)
                answered = asking.result().answered
            after = _threads(pid)
        yield _profile(phase, answered, before, after, stacks)


def _profile(
    phase: Phase,
    answered: int,
    before: Mapping[int, tuple[str, float]],
    after: Mapping[int, tuple[str, float]],
    stacks: Mapping[tuple[str, ...], int],
) -> Profile:
    used: dict[int, float] = {}
    threads: dict[str, float] = {}
    for thread, (name, seconds) in after.items():
        spent = seconds - before.get(thread, (name, 0.0))[1]
        used[thread] = spent / answered * MICROSECONDS
        threads[name] = threads.get(name, 0.0) + used[thread]
    whole = sum(used.values())
    samples: dict[int, int] = {}
    for stack, count in stacks.items():
        samples[thread_of(stack)] = samples.get(thread_of(stack), 0) + count
    parts: dict[str, float] = {}
    functions: dict[str, float] = {}
    for stack, count in stacks.items():
        # A thread that only waits may be caught at it; the kernel knows what it used.
        thread = thread_of(stack)
        us = used.get(thread, 0.0) * count / samples[thread]
        part, function = part_of(stack), function_of(stack[-1])
        parts[part] = parts.get(part, 0.0) + us
        functions[function] = functions.get(function, 0.0) + us
    parts[NATIVE] = whole - sum(parts.values())
    return Profile(
        phase, answered, whole, _falling(parts), _falling(functions), threads
    )


def thread_of(stack: Sequence[str]) -> int:
    """Return the thread a stack was seen in; 0 if it is not told."""
    told = (THREAD.match(frame) for frame in stack)
    return next((int(found[1]) for found in told if found), 0)


def _falling(figures: Mapping[str, float]) -> dict[str, float]:
    ordered = sorted(figures.items(), key=lambda item: -item[1])
    return dict(ordered[:FUNCTIONS])


def function_of(frame: str) -> str:
    """Shorten a frame to the function and where its package has it.

    Below the function that runs a worker is the event loop, which is no Python and has
    no frame; a thread without any frame is told by its name alone.
    """
    if THREAD.match(frame):
        return OUTSIDE
    found = re.fullmatch(r"(.+) \((.+?)(?::\d+)?\)", frame)
    if found is None:
        return frame
    name, path = found.groups()
    if name.endswith("_spawn_asgi_lifespan_worker"):
        return LOOP
    return f"{'/'.join(Path(path).parts[-2:])} {name}"


def _threads(root: int) -> dict[int, tuple[str, float]]:
    """Return each thread's name and processor time, of a whole process tree."""
    found = {}
    for pid in tree(root):
        for task in Path(f"/proc/{pid}/task").iterdir():
            name, _, rest = (
                (task / "stat").read_text("ascii", "replace").rpartition(")")
            )
            fields = rest.split()
            ticks = int(fields[11]) + int(fields[12])
            found[int(task.name)] = (name.partition("(")[2], ticks / TICKS_A_SECOND)
    return found


def _sampled(pid: int, path: Path, cores: Sequence[int]) -> dict[tuple[str, ...], int]:
    command = [
        *pinned(*cores),
        *(str(PY_SPY), "record", "--pid", str(pid), "--subprocesses", "--nonblocking"),
        *("--rate", str(SAMPLES_A_SECOND), "--duration", str(SECONDS - 2)),
        *("--format", "raw", "--full-filenames", "--threads", "--output", str(path)),
    ]
    done = subprocess.run(  # noqa: S603 - our own command
        command, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise BenchmarkError(f"py-spy: {done.stderr.strip()[-500:]}")
    stacks: Counter[tuple[str, ...]] = Counter()
    for line in path.read_text("utf-8", "replace").splitlines():
        frames, _, count = line.rpartition(" ")
        # A process that is not stopped may be read in the middle of a change: a name
        # of which the end is another's has lines of its own, and is left out.
        if count.isascii() and count.isdigit():
            stacks[tuple(frames.split(";"))] += int(count)
    return stacks


def part_of(stack: Sequence[str]) -> str:
    """Return the part that a stack's innermost known function belongs to."""
    for frame in reversed(stack):
        for part, pattern in PARTS:
            # The folder of the checkout is of no part, whatever it is called.
            if re.search(pattern, frame.replace(str(ROOT), "")):
                return part
    return REST
