"""What the phases that ask for a while ask, of whom, and how much.

``run`` takes the contenders in turn, each freshly started, over and over: a machine
that is slow for a minute is slow for all of them.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answers import Answers, answers_of, require_honest, require_same
from benchmarks.measuring import Measurement, Volume, measure
from benchmarks.minting import WIDE_CERTIFICATES, Sizes
from benchmarks.native import Load
from benchmarks.people import AGENCIES
from benchmarks.questions import (
    PEOPLE_A_BATCH,
    Dialect,
    Question,
    batch_about,
    head,
    question_about,
    write,
)
from benchmarks.stage import HOST, Contender, Phase, Server, Stage, opened

SEEN_PEOPLE = 500
RECORDS = 2 * len(AGENCIES)

Questions = Callable[[Dialect, Sizes], Iterator[Question]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a phase is measured."""

    questions: Questions
    verified: int
    """Certificates in each answer."""
    volume: Volume
    is_fresh: bool
    """Whether nobody may be asked about twice, by one server."""


def plan(phase: Phase, volume: Volume) -> Plan:
    """Return how ``phase`` is measured; ``volume`` is the cold phase's."""
    warm_up, requests, seconds = volume.warm_up, volume.requests, volume.seconds
    few = Volume(warm_up // 10, requests // 20, seconds)
    match phase:
        case Phase.COLD:
            return Plan(_people, RECORDS, volume, is_fresh=True)
        case Phase.SEEN | Phase.WARM:
            least = max(warm_up, SEEN_PEOPLE)
            return Plan(_few_people, RECORDS, Volume(least, requests, seconds), False)
        case Phase.BATCH:
            return Plan(_batches, RECORDS * PEOPLE_A_BATCH, few, is_fresh=True)
        case Phase.BATCH_SEEN:
            return Plan(_few_batches, RECORDS * PEOPLE_A_BATCH, few, is_fresh=False)
        case Phase.WIDE:
            wide = Volume(warm_up // 40, requests // 40, seconds)
            return Plan(_wide, WIDE_CERTIFICATES, wide, is_fresh=True)
        case Phase.LATENCY:
            one = Volume(warm_up, requests // 10, seconds, connections=1)
            return Plan(_few_people, RECORDS, one, is_fresh=False)
        case _:
            raise ValueError(f"{phase} is measured otherwise")


def sizes_for(volume: Volume) -> Sizes:
    """Return how many people are needed that nobody is asked about twice."""
    fresh = plan(Phase.COLD, volume).volume
    batch = plan(Phase.BATCH, volume).volume
    wide = plan(Phase.WIDE, volume).volume
    batches = batch.warm_up + batch.requests
    return Sizes(
        holders=max(
            fresh.warm_up + fresh.requests, batches * PEOPLE_A_BATCH, SEEN_PEOPLE
        ),
        wide=wide.warm_up + wide.requests + 1,
        unknown=SEEN_PEOPLE,
    )


def run(
    stage: Stage,
    contenders: Sequence[Contender],
    phase: Phase,
    volume: Volume,
    repeats: int,
    reference: Answers,
) -> Iterator[Measurement]:
    """Measure ``phase`` on all contenders that know it, in turn."""
    how = plan(phase, volume)
    bodies: dict[Dialect, Path] = {}
    for repeat in range(repeats):
        for contender in contenders:
            if phase not in contender.phases:
                continue
            with compared(contender, stage, phase, reference) as server:
                if server.dialect not in bodies:
                    path = stage.folder / f"{phase}-{server.dialect}.txt"
                    questions = how.questions(server.dialect, stage.corpus.sizes)
                    bodies[server.dialect] = write(path, questions)
                load = Load(
                    server.port,
                    head(f"{HOST}:{server.port}"),
                    bodies[server.dialect],
                    how.verified,
                )
                yield measure(stage, server, phase, load, how.volume, repeat)


def reference_of(gateway: Contender, stage: Stage) -> Answers:
    """Return what everybody has to answer: what our gateway does, compared itself.

    Raises:
        BenchmarkError: it lost a good record or believed a forged one.
    """
    first = question_about(Dialect.GATEWAY)(stage.corpus.sizes.checked_from)
    with opened(gateway, stage, Phase.COLD, first.body) as server:
        reference = answers_of(server, stage.corpus.sizes)
    require_honest(reference)
    return reference


@contextmanager
def compared(
    contender: Contender, stage: Stage, phase: Phase, reference: Answers
) -> Iterator[Server]:
    """Start a contender; yield it once it answered as it has to.

    Raises:
        BenchmarkError: it answers otherwise, or believes what is forged.
    """
    sizes = stage.corpus.sizes
    first = question_about(Dialect.PEER)(sizes.checked_from)
    with opened(contender, stage, phase, first.body) as server:
        require_same(server, answers_of(server, sizes), reference)
        yield server


def _people(dialect: Dialect, sizes: Sizes) -> Iterator[Question]:
    return map(question_about(dialect), range(sizes.holders))


def _few_people(dialect: Dialect, _: Sizes) -> Iterator[Question]:
    return map(question_about(dialect), range(SEEN_PEOPLE))


def _batches(dialect: Dialect, sizes: Sizes) -> Iterator[Question]:
    return map(batch_about(dialect), _batched(range(sizes.holders)))


def _few_batches(dialect: Dialect, _: Sizes) -> Iterator[Question]:
    return map(batch_about(dialect), _batched(range(SEEN_PEOPLE)))


def _batched(people: range) -> Iterator[range]:
    for start in range(0, len(people), PEOPLE_A_BATCH):
        yield people[start : start + PEOPLE_A_BATCH]


def _wide(dialect: Dialect, sizes: Sizes) -> Iterator[Question]:
    # The last of them is the comparison's.
    return map(question_about(dialect), range(sizes.wide_from, sizes.unknown_from - 1))
