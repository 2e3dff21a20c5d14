"""Questions an agency has to bear: many people, none, broken ones, and often."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace

from connectors.answer import Answer
from connectors.conformance.answers import has_nonce, of_refusals_in
from connectors.conformance.answers import replay as seen_of_replays
from connectors.conformance.codes import Check, FindingCode
from connectors.conformance.plan import nobody
from connectors.conformance.report import Finding, Latency, Result, not_tested
from connectors.conformance.subject import Asked, Subject
from connectors.guard.health import CONCLUSIVE
from policy.identity import Identity, IdType
from policy.text import Text

MOST_IN_A_BATCH = 1000
LARGE_QUESTION_BYTES = 1024 * 1024
NEAR_LIMIT = 0.8
HALF = 0.5


async def replay(subject: Subject) -> Result:
    """Say whether an old answer would be noticed, and whether one is sent again."""
    result = seen_of_replays(subject)
    if result.findings or not has_nonce(subject.manifest):
        return result
    # A first answer to a question is easily right.
    first = next(one for one in subject.asked if one.person.items)
    (again,) = await subject.ask([first.person.identity])
    repeated = replace(first, answer=again, place=f"{first.place} (again)")
    found = of_refusals_in([repeated], subject.manifest, Check.REPLAY)
    return replace(result, findings=tuple(found))


async def two_people(subject: Subject) -> Result:
    """Ask about two people at once, in both orders: nobody gets another's answer."""
    holding = next(one for one in subject.asked if one.person.items)
    other = next(one for one in subject.asked if not one.person.items)
    findings = []
    for pair in ([holding, other], [other, holding]):
        findings += await _differences(subject, pair, [])
    return Result(Check.TWO_PEOPLE, tuple(dict.fromkeys(findings)))


async def full_batch(subject: Subject) -> tuple[Result, int]:
    """Ask about as many people as the manifest allows; return the answer's size."""
    limit = min(subject.rules.endpoint.batch_limit, MOST_IN_A_BATCH)
    planned = subject.asked[:limit]
    types = subject.rules.request.id_types
    if types and IdType.RESIDENT_ID not in types:
        why = Text(
            zh="该机构不受理居民身份证，无法用虚构号码凑满一批",
            en="no resident numbers are known there, so no batch can be filled up",
        )
        return not_tested(Check.FULL_BATCH, why), 0
    filled = [nobody(index) for index in range(limit - len(planned))]
    everybody = [one.person.identity for one in planned] + filled
    seen = await subject.observer.post(subject.question(everybody))
    if seen.code is not None:
        detail = f"{limit}: {seen.code}, {seen.facts}"
        finding = Finding(FindingCode.BATCH_FAILED, subject.path, detail)
        return Result(Check.FULL_BATCH, (finding,)), len(seen.body)
    findings = await _differences(subject, planned, filled)
    note = None
    if limit < subject.rules.endpoint.batch_limit:
        note = Text(
            zh=f"只检查到 {limit} 人", en=f"tried up to {limit} people, no further"
        )
    return Result(Check.FULL_BATCH, tuple(findings), note), len(seen.body)


async def _differences(
    subject: Subject, planned: Sequence[Asked], fillers: Sequence[Identity]
) -> list[Finding]:
    """Ask a batch, and compare each planned person's answer with the one alone."""
    holders = [*(one.person.identity for one in planned), *fillers]
    answers = await subject.ask(holders)
    found = [
        Finding(FindingCode.BATCH_DIFFERS, one.place, _summary(answer))
        for one, answer in zip(planned, answers, strict=False)
        if _of(subject, answer) != _of(subject, one.answer)
    ]
    # What is wrong with every absence was found with one person alone.
    known = {_of(subject, one.answer) for one in planned if not one.person.items}
    unanswered = [
        answer
        for answer in answers[len(planned) :]
        if answer.outcome not in CONCLUSIVE and _of(subject, answer) not in known
    ]
    if unanswered:
        detail = f"{len(unanswered)}: {_summary(unanswered[0])}"
        found.append(Finding(FindingCode.BATCH_FAILED, subject.path, detail))
    return found


def _of(subject: Subject, answer: Answer) -> tuple[str, ...]:
    """Sum up an answer, to be compared with another about the same person."""
    return (_summary(answer), *subject.items_of(answer))


def _summary(answer: Answer) -> str:
    """Return an answer's outcome and codes, and nothing of what the person holds.

    Where the codes are none, only what is held differs.
    """
    codes = sorted({refusal.code for refusal in answer.refusals})
    is_known = answer.outcome in CONCLUSIVE
    return " ".join(["CONCLUSIVE" if is_known else answer.outcome, *codes])


async def empty_batch(subject: Subject) -> Result:
    """Ask about nobody: an empty answer and a refusal are both right."""
    seen = await subject.observer.post(subject.question([]))
    if not seen.is_failure:
        return Result(Check.EMPTY_BATCH)
    finding = Finding(FindingCode.EMPTY_BATCH_FAILED, subject.path, seen.facts)
    return Result(Check.EMPTY_BATCH, (finding,))


async def errors(subject: Subject) -> Result:
    """Ask wrongly, and rightly again."""
    question = subject.question([subject.plan.people[0].identity])
    wrong = {
        "not JSON": (question[:-1], "application/json"),
        "another shape": (b'{"unexpected": []}', "application/json"),
        "a list": (b"[]", "application/json"),
        "text/plain": (question, "text/plain"),
        "no UTF-8": (b"\xff\xfe{}", "application/json"),
    }
    findings = []
    for name, (body, media_type) in wrong.items():
        place = f"{subject.path} ({name})"
        seen = await subject.observer.post(body, media_type)
        if seen.is_failure:
            finding = Finding(FindingCode.ERROR_AS_FAILURE, place, seen.facts)
            findings.append(finding)
        elif seen.status == 200 and name == "not JSON":  # noqa: PLR2004 - HTTP OK
            findings.append(Finding(FindingCode.MALFORMED_TAKEN, place))
    return Result(Check.ERRORS, (*findings, *await _recovered(subject)))


async def bodies(subject: Subject, full_size: int) -> Result:
    """Send too much and too little, and weigh what a full batch brought."""
    question = subject.question([subject.plan.people[0].identity])
    seen = await subject.observer.post(question.ljust(LARGE_QUESTION_BYTES))
    findings = []
    # A server that hangs up on the way has refused too.
    if seen.status is not None and seen.is_failure:
        place = f"{subject.path} (1 MiB)"
        findings.append(Finding(FindingCode.ERROR_AS_FAILURE, place, seen.facts))
    try:
        await subject.write_half()
    except (OSError, TimeoutError):
        findings.append(Finding(FindingCode.NO_CONNECTION, subject.path))
    findings += await _recovered(subject)
    limit = subject.rules.endpoint.max_body_bytes
    if full_size > NEAR_LIMIT * limit:
        size = f"{full_size} B / {limit} B"
        findings.append(Finding(FindingCode.BODY_NEAR_LIMIT, subject.path, size))
    note = Text(
        zh="已试过大的问题与断开的问题；答复在途中是否会被代理截断，从外部无法检查",
        en="a large and a cut question were tried; whether a proxy on the way cuts "
        "answers cannot be seen from outside",
    )
    return Result(Check.BODIES, tuple(findings), note)


async def _recovered(subject: Subject) -> list[Finding]:
    """Ask rightly after asking wrongly."""
    first = subject.asked[0]
    (answer,) = await subject.ask([first.person.identity])
    if _of(subject, answer) == _of(subject, first.answer):
        return []
    return [Finding(FindingCode.NOT_RECOVERED, subject.path, _summary(answer))]


async def latency(subject: Subject) -> tuple[Result, Latency]:
    """Measure answers about one person, one after the other."""
    times = []
    for number in range(subject.effort.requests):
        asked = subject.asked[number % len(subject.asked)]
        started = time.perf_counter()
        await subject.ask([asked.person.identity])
        times.append(time.perf_counter() - started)
    times.sort()
    measured = Latency(
        len(times),
        percentile(times, 50),
        percentile(times, 95),
        percentile(times, 99),
        times[-1],
    )
    limit = subject.timeout_seconds
    facts = f"p95 {measured.p95:.3f} s / {limit:g} s"
    findings: tuple[Finding, ...] = ()
    if measured.p95 >= limit:
        findings = (Finding(FindingCode.LATENCY_OVER_LIMIT, subject.path, facts),)
    elif measured.p95 > HALF * limit:
        findings = (Finding(FindingCode.LATENCY_NEAR_LIMIT, subject.path, facts),)
    summary = (
        f"p50 {measured.p50:.3f} s, p95 {measured.p95:.3f} s, "
        f"p99 {measured.p99:.3f} s, max {measured.longest:.3f} s, n = {len(times)}"
    )
    return Result(Check.LATENCY, findings, Text(zh=summary, en=summary)), measured


def percentile(times: Sequence[float], share: int) -> float:
    """Return the nearest-rank percentile of sorted ``times``."""
    return times[max(math.ceil(len(times) * share / 100), 1) - 1]
