"""In any order and mixture of versions the verdict is the newest's, or open.

Versions of one certificate come live and collected, one by one and joined, from two
agencies, on one day and on another; what is decided is compared with what the newest
that ever came says by itself.
"""

import asyncio
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import TypeAlias

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bureau.claims import weigh
from bureau.person import Person, RowQuestion, judge
from connectors.answer import Answer
from policy.eligibility import EligibilityOutcome
from policy.evidence import Claimant
from policy.level import Level
from policy.parameters import load_parameters
from policy.stated import ClaimOutcome, StatedCertificate
from tests.bureau.versions.asking import (
    CATALOGUE,
    Asking,
    asking,
    collected,
    none_signed,
    shown,
    signed,
)
from tests.connectors.test_agency import HOLDER

PARAMETERS = load_parameters()
DRIVER = CATALOGUE.items["4-02-01-01"]
DAY = date(2026, 3, 1)
INELIGIBLE = EligibilityOutcome.INELIGIBLE
UNDETERMINED = EligibilityOutcome.UNDETERMINED
UNKNOWN = ClaimOutcome.UNKNOWN
WORDS: tuple[dict[str, object], ...] = (
    {},
    {"state": "03"},
    {"dates": {"issued": "2019-06-01"}},
    {"body": "某某"},
    {"code": None},
)
SIGNED = (0, 0.5, 0.5, 3, 9, 20)
"""Two in one second, two as near as clocks are, and others."""

NO_CERTIFICATE = len(WORDS)
"""In place of words: that there is none is signed, too."""

Version: TypeAlias = tuple[int, int]
places = st.integers(0, len(SIGNED) - 1)
versions = st.tuples(places, st.integers(0, len(WORDS) - 1))
some = st.one_of(
    st.lists(versions, max_size=3),
    st.tuples(places, st.just(NO_CERTIFICATE)).map(lambda one: [one]),
)
turns = st.lists(
    st.one_of(versions, st.tuples(some, some).map(list)), min_size=1, max_size=8
)
"""What is collected, and what both agencies answer, in turn."""


@pytest.fixture(scope="module", name="runner")
def _runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        runner.get_loop()
        yield runner


ENVELOPES = {
    (place, words): signed(minutes, **WORDS[words])
    for place, minutes in enumerate(SIGNED)
    for words in range(len(WORDS))
} | {
    (place, NO_CERTIFICATE): none_signed(minutes)
    for place, minutes in enumerate(SIGNED)
}


def verdict(gateway: Asking, answers: list[Answer]) -> EligibilityOutcome:
    question = RowQuestion(
        item=DRIVER, level=Level.LEVEL_4, as_of=DAY, today=DAY, claim=None
    )
    person = Person(Claimant(HOLDER), list(zip(gateway.agencies, answers, strict=True)))
    judged = judge(person, question, catalogue=CATALOGUE, parameters=PARAMETERS)
    return judged.eligibility.outcome


def claimed(gateway: Asking, answers: list[Answer]) -> ClaimOutcome:
    stated = StatedCertificate(
        items=frozenset({DRIVER.code}),
        level=Level.LEVEL_4,
        issued_on=date(2025, 6, 1),
        number=None,
        name=None,
    )
    found = list(zip(gateway.agencies, answers, strict=True))
    return weigh(stated, found, CATALOGUE).outcome


@cache
def decided_alone(
    runner: asyncio.Runner, version: Version
) -> tuple[EligibilityOutcome, ClaimOutcome]:
    """Return what is decided where this version is all that ever came."""
    gateway = asking()
    found = runner.run(gateway.answers([ENVELOPES[version]]))
    return verdict(gateway, found), claimed(gateway, found)


def signed_last(came: list[Version]) -> set[Version]:
    last = min(SIGNED[place] for place, _ in came)
    return {one for one in came if SIGNED[one[0]] == last}


@settings(deadline=None)
@example(turns=[(0, 0), [[], [(0, 0)]], [[(1, 5)], [(1, 5)]]])
@given(turns=turns)
def test_no_older_version_than_ever_came_decides_anything(
    runner: asyncio.Runner, turns: list[Version | list[list[Version]]]
) -> None:
    gateway, came, last_sent = asking(2), list[Version](), dict[float, Version]()
    answered: list[Version] = []
    for turn in turns:
        if isinstance(turn, tuple):
            came.append(turn)
            last_sent[SIGNED[turn[0]]] = turn
            gateway.versions.memory.learn(collected(gateway, ENVELOPES[turn]))
            continue
        answered += [one for sent in turn for one in sent if one[1] != NO_CERTIFICATE]
        came += answered
        sent = [[ENVELOPES[version] for version in of_one] for of_one in turn]

        found = runner.run(gateway.answers(*sent))

        if not came:
            continue
        newest = signed_last(came)
        signed_at = SIGNED[min(newest)[0]]
        # Of two that were signed in one second none decides, but of what was
        # collected the last.
        sent_last = last_sent.get(signed_at)
        if len({words for _, words in newest}) > 1:
            newest = set() if sent_last is None else {sent_last}
        alone = [decided_alone(runner, version) for version in newest]
        # What an absence decides that is no older than what was answered.
        alone += [
            (INELIGIBLE, ClaimOutcome.NOT_FOUND)
            for sent in turn
            for place, words in sent
            if words == NO_CERTIFICATE
            and all(SIGNED[place] <= SIGNED[other] for other, _ in answered)
        ]
        assert verdict(gateway, found) in {UNDETERMINED, *(one for one, _ in alone)}
        assert claimed(gateway, found) in {UNKNOWN, *(one for _, one in alone)}
        assert len(shown(found)) <= 1
