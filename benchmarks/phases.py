"""What the phases that ask for a while ask, of whom, and how much.

The contenders are taken in turn, each freshly started, over and over: a machine that
is slow for a minute is slow for all of them.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from benchmarks.answers import (
    Answers,
    answers_of,
    of_the_honest,
    require_honest,
    require_right_claims,
    require_same,
)
from benchmarks.claims import (
    CLAIMANTS_A_QUESTION,
    CLAIMS_A_QUESTION,
    claims_about,
    right_claims,
)
from benchmarks.measuring import Measurement, Volume, measure
from benchmarks.minting import WIDE_CERTIFICATES, Corpus, Sizes
from benchmarks.native import VERIFIED, Load
from benchmarks.people import AGENCIES
from benchmarks.processes import WrongAnswersError
from benchmarks.questions import (
    PEOPLE_A_BATCH,
    Dialect,
    Question,
    batch_about,
    head,
    question_about,
    write,
)
from benchmarks.stage import (
    COLLECTED,
    HOST,
    Contender,
    Phase,
    Server,
    Stage,
    opened,
)

SEEN_PEOPLE = 500
SEEN_BATCHES = SEEN_PEOPLE // PEOPLE_A_BATCH
RECORDS = 2 * len(AGENCIES)
TRIES = 3

Questions = Callable[[Dialect, Corpus], Iterator[Question]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a phase is measured."""

    questions: Questions
    verified: int
    """Certificates in each answer."""
    volume: Volume
    word: str = VERIFIED
    """What the answer says of each of them."""


def plan(phase: Phase, volume: Volume) -> Plan:
    """Return how ``phase`` is measured; ``volume`` is the cold phase's."""
    warm_up, requests, seconds = volume.warm_up, volume.requests, volume.seconds
    everybody = Volume(max(warm_up, SEEN_PEOPLE), requests, seconds)
    twenty = Volume(max(warm_up // 10, SEEN_BATCHES), requests // 20, seconds)
    wide = Volume(warm_up // 40, requests // 40, seconds)
    claims = Volume(2, max(requests // 150, 2), seconds, connections=4)
    one = Volume(everybody.warm_up, requests // 10, seconds, connections=1)
    return {
        Phase.COLD: Plan(_people, RECORDS, volume),
        Phase.COLD_SHARED: Plan(_people, RECORDS, volume),
        Phase.SEEN: Plan(_few_people, RECORDS, everybody),
        Phase.WARM: Plan(_few_people, RECORDS, everybody),
        Phase.BATCH: Plan(_batches, RECORDS * PEOPLE_A_BATCH, twenty),
        Phase.BATCH_SEEN: Plan(_few_batches, RECORDS * PEOPLE_A_BATCH, twenty),
        Phase.CLAIMS: Plan(_claims, CLAIMS_A_QUESTION, claims, "VALID"),
        Phase.CLAIMS_SEEN: Plan(_few_claims, CLAIMS_A_QUESTION, claims, "VALID"),
        Phase.COLLECTED: Plan(_people, RECORDS, volume),
        Phase.COLLECTED_BATCH: Plan(_batches, RECORDS * PEOPLE_A_BATCH, twenty),
        Phase.COLLECTED_CLAIMS: Plan(_claims, CLAIMS_A_QUESTION, claims, "VALID"),
        Phase.WIDE: Plan(_wide, WIDE_CERTIFICATES, wide),
        Phase.COLD_DUTIES: Plan(_people, RECORDS, volume),
        Phase.WARM_DUTIES: Plan(_few_people, RECORDS, everybody),
        Phase.RECEIPTS: Plan(_few_people, RECORDS, everybody),
        Phase.LATENCY: Plan(_few_people, RECORDS, one),
        Phase.START_UP: Plan(_few_people, RECORDS, Volume(0, 1, seconds)),
        Phase.SCALE: Plan(_few_people, RECORDS, everybody),
        Phase.MEMORY: Plan(_people, RECORDS, volume),
    }[phase]


def sizes_for(volume: Volume) -> Sizes:
    """Return how many people are needed that nobody is asked about twice."""
    fresh = plan(Phase.COLD, volume).volume
    batch = plan(Phase.BATCH, volume).volume
    wide = plan(Phase.WIDE, volume).volume
    batches = batch.warm_up + batch.requests
    claims = plan(Phase.CLAIMS, volume).volume
    claimants = (claims.warm_up + claims.requests) * CLAIMANTS_A_QUESTION
    return Sizes(
        holders=max(
            fresh.warm_up + fresh.requests,
            batches * PEOPLE_A_BATCH,
            claimants,
            SEEN_PEOPLE,
        ),
        wide=wide.warm_up + wide.requests + 1,
        unknown=SEEN_PEOPLE,
    )


@dataclass(frozen=True, slots=True)
class Run:
    """What all phases of one run share."""

    stage: Stage
    contenders: Sequence[Contender]
    volume: Volume
    """The cold phase's; others follow."""
    repeats: int
    reference: Answers
    """What everybody has to answer."""

    def turns(self, phase: Phase) -> Iterator[tuple[int, Contender]]:
        """Take those who know a phase in turn, over and over."""
        for repeat in range(self.repeats):
            for contender in self.contenders:
                if phase in contender.phases:
                    yield repeat, contender


def loaded(run: Run, phase: Phase) -> Iterator[Measurement]:
    """Measure ``phase`` on all contenders that know it, in turn.

    A machine that stands still for seconds makes an honest server refuse: ours, if it
    cannot write its audit log. Such a turn is measured again, and that is told.

    Raises:
        WrongAnswersError: it is no better after ``TRIES``.
    """
    how = plan(phase, run.volume)
    stage = run.stage
    if phase is Phase.LATENCY:
        stage = replace(stage, addresses=stage.slow_addresses)
    for repeat, contender in run.turns(phase):
        for again in range(TRIES):
            with compared(contender, stage, phase, run.reference) as server:
                load = load_of(stage, server, phase, how)
                try:
                    found = measure(stage, server, load, how.volume, of=(phase, repeat))
                except WrongAnswersError:
                    if again + 1 == TRIES:
                        raise
                    continue
            yield replace(found, again=again)
            break


def load_of(stage: Stage, server: Server, phase: Phase, how: Plan) -> Load:
    """Write what a server is asked, unless it is there."""
    path = stage.folder / f"{phase}-{server.dialect}.txt"
    if not path.exists():
        write(path, how.questions(server.dialect, stage.corpus))
    start = head(f"{HOST}:{server.port}", credentials=server.credentials)
    return Load(server.port, start, path, how.verified, how.word)


def reference_of(gateway: Contender, stage: Stage) -> Answers:
    """Return what everybody has to answer: what our gateway does, compared itself.

    Raises:
        BenchmarkError: it lost a good record or believed a forged one.
    """
    with opened(gateway, stage, Phase.COLD) as server:
        reference = answers_of(server, stage.corpus, with_claims=True)
    require_honest(reference)
    require_right_claims(reference, stage.corpus)
    return reference


@contextmanager
def compared(
    contender: Contender, stage: Stage, phase: Phase, reference: Answers
) -> Iterator[Server]:
    """Start a contender; yield it once it answered as it has to.

    Raises:
        BenchmarkError: it answers otherwise, or believes what is forged.
    """
    with_claims = Phase.CLAIMS in contender.phases
    with opened(contender, stage, phase) as server:
        found = answers_of(server, stage.corpus, with_claims=with_claims)
        if phase in COLLECTED and server.dialect is Dialect.GATEWAY:
            found = of_the_honest(found)
        require_same(server, found, reference)
        yield server


def _people(dialect: Dialect, corpus: Corpus) -> Iterator[Question]:
    return map(question_about(dialect), range(corpus.sizes.holders))


def _few_people(dialect: Dialect, _: Corpus) -> Iterator[Question]:
    return map(question_about(dialect), range(SEEN_PEOPLE))


def _batches(dialect: Dialect, corpus: Corpus) -> Iterator[Question]:
    return map(batch_about(dialect), _batched(range(corpus.sizes.holders)))


def _few_batches(dialect: Dialect, _: Corpus) -> Iterator[Question]:
    return map(batch_about(dialect), _batched(range(SEEN_PEOPLE)))


def _batched(people: range) -> Iterator[range]:
    for start in range(0, len(people), PEOPLE_A_BATCH):
        yield people[start : start + PEOPLE_A_BATCH]


def _claims(dialect: Dialect, corpus: Corpus) -> Iterator[Question]:
    ask = claims_about(dialect)
    last = corpus.sizes.holders - CLAIMANTS_A_QUESTION
    for start in range(0, last + 1, CLAIMANTS_A_QUESTION):
        yield ask(right_claims(start, corpus.today))


def _few_claims(dialect: Dialect, corpus: Corpus) -> Iterator[Question]:
    yield claims_about(dialect)(right_claims(0, corpus.today))


def _wide(dialect: Dialect, corpus: Corpus) -> Iterator[Question]:
    # The last of them is the comparison's.
    people = range(corpus.sizes.wide_from, corpus.sizes.unknown_from - 1)
    return map(question_about(dialect), people)
