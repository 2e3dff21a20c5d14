"""In any order and mixture of versions the verdict is the newest's, or open."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.certificate_ids import fingerprint
from bureau.claims import weigh
from bureau.person import Person, RowQuestion, judge
from connectors.agency import Agency
from connectors.answer import Answer
from policy.catalogue import load_catalogue
from policy.eligibility import EligibilityOutcome
from policy.evidence import Claimant
from policy.identity import parse_identity
from policy.level import Level
from policy.parameters import load_parameters
from policy.stated import ClaimOutcome, StatedCertificate
from signing.envelope import Envelope
from tests.connectors.agency import RECORD, SIGNED_AT, ZHANG, record
from tests.connectors.test_agency import Sends, agency_of, asked, changed

CATALOGUE = load_catalogue()
PARAMETERS = load_parameters()
DRIVER = CATALOGUE.items["4-02-01-01"]
BODY = DRIVER.evaluation_body.name.zh
DAY = date(2026, 3, 1)
UNDETERMINED = EligibilityOutcome.UNDETERMINED
BUNDLE = changed(scope=frozenset({DRIVER.code, "1.1", "1.2"}))
SAYS = (
    (
        'state = "state"',
        'state = "state"\nheld = "held"\nholder_name = "name"',
    ),
    (
        'item = "item"',
        'item = "item"\nevaluation_body = "body"\nfirst_issued_on = "dates.first"',
    ),
    ('01 = "VALID"', '01 = "VALID"\n03 = "REVOKED"'),
    ('4 = "LEVEL_4"', '4 = "LEVEL_4"\n3 = "LEVEL_3"\n0 = "UNGRADED"'),
)
LICENCE = {"number": f"T{ZHANG}", "title": "特种作业人员", "level": "0"}
CERTIFICATES: tuple[dict[str, Any], ...] = (
    {},
    {"number": "0000124"},
    {**LICENCE, "code": "1.2", "item": "低压电工作业", "body": "x"},
    {**LICENCE, "code": "1.1", "item": "高压电工作业", "body": "x"},
)

words = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(["01", "03", "?"]),
        "name": st.sampled_from(["张三", "李四", None]),
        "body": st.sampled_from([BODY, "某某"]),
        "level": st.sampled_from(["3", "4", "0", "?"]),
        "code": st.sampled_from([DRIVER.code, None]),
        "dates": st.fixed_dictionaries(
            {
                "issued": st.sampled_from(["2025-06-01", "2019-06-01", None]),
                "first": st.sampled_from(["2025-06-01", "2019-06-01", None]),
            }
        ),
    },
)
versions = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 4),
        words,
        st.one_of(st.none(), st.integers(1, 3)),
    ),
    min_size=1,
    max_size=6,
)
Version: TypeAlias = tuple[int, int, dict[str, Any], int | None]
Ask: TypeAlias = Callable[[Sequence[Envelope]], tuple[Agency, Answer]]


def envelope(version: Version) -> Envelope:
    which, minutes, said, held = version
    changes = {key: value for key, value in said.items() if which < 2 or key != "code"}
    content = {
        "body": BODY,
        "name": "张三",
        "held": held,
        **RECORD,
        **CERTIFICATES[which],
        **changes,
    }
    return record(content, signed_at=SIGNED_AT - timedelta(minutes=minutes))


@pytest.fixture(scope="module", name="ask")
def _ask() -> Iterator[Ask]:
    """An agency that is asked again and again, and sends what it is given."""
    connector = Sends(())
    changes = (*SAYS, ("[signature]", "[cache]\nttl_seconds = 0\n[signature]"))
    with asyncio.Runner() as runner:

        async def ask() -> tuple[Agency, Answer]:
            return agency, await asked(agency)

        def answered(sent: Sequence[Envelope]) -> tuple[Agency, Answer]:
            connector.envelopes = tuple(sent)
            return runner.run(ask())

        runner.get_loop()
        agency = agency_of(connector, *changes, bundle=BUNDLE)
        yield answered


def verdict(found: tuple[Agency, Answer]) -> EligibilityOutcome:
    question = RowQuestion(
        item=DRIVER, level=Level.LEVEL_4, as_of=DAY, today=DAY, claim=None
    )
    person = Person(Claimant(parse_identity(ZHANG)), [found])
    judged = judge(person, question, catalogue=CATALOGUE, parameters=PARAMETERS)
    return judged.eligibility.outcome


def claimed(found: tuple[Agency, Answer]) -> ClaimOutcome:
    stated = StatedCertificate(
        items=frozenset({DRIVER.code}),
        level=Level.LEVEL_4,
        issued_on=date(2025, 6, 1),
        number=None,
        name=None,
    )
    return weigh(stated, [found], CATALOGUE).outcome


def newest_alone(sent: list[Version]) -> list[Envelope]:
    """Return of each certificate the version that was signed last; of some several."""
    last = {which: min(v[1] for v in sent if v[0] == which) for which, *_ in sent}
    return [envelope(one) for one in sent if one[1] == last[one[0]]]


@given(sent=versions, random=st.randoms(use_true_random=False))
def test_no_older_version_decides_anything(
    ask: Ask, sent: list[Version], random: Random
) -> None:
    came = [envelope(one) for one in sent]
    random.shuffle(came)

    found, alone = ask(came), ask(newest_alone(sent))

    assert verdict(found) in {verdict(alone), UNDETERMINED}
    assert claimed(found) in {claimed(alone), ClaimOutcome.UNKNOWN}
    newest = {one.digest for one in newest_alone(sent)}
    assert {one.envelope.digest for one in found[1].certificates} <= newest


@given(sent=versions, random=st.randoms(use_true_random=False))
def test_the_order_in_which_versions_come_changes_nothing(
    ask: Ask, sent: list[Version], random: Random
) -> None:
    came = [envelope(one) for one in sent]
    first = ask(came)
    random.shuffle(came)
    then = ask(came)

    assert (verdict(first), claimed(first)) == (verdict(then), claimed(then))
    assert first[1].outcome is then[1].outcome
    assert by_digest(first[1]) == by_digest(then[1])


@given(sent=versions)
def test_a_certificate_is_one_node_and_no_version_is_in_two(
    ask: Ask, sent: list[Version]
) -> None:
    _, answer = ask([envelope(one) for one in sent])

    for certificate in answer.certificates:
        for older in certificate.supersedes:
            assert older.proof.signed_at < certificate.proof.signed_at
            assert older.record.number == certificate.record.number
    seen = [d for pair in by_digest(answer).items() for d in (pair[0], *pair[1])]
    assert len(seen) == len(set(seen))
    ids = [fingerprint(one.record) for one in answer.certificates]
    assert len(ids) == len(set(ids))


def by_digest(answer: Answer) -> dict[bytes, tuple[bytes, ...]]:
    return {
        one.envelope.digest: tuple(old.envelope.digest for old in one.supersedes)
        for one in answer.certificates
    }
