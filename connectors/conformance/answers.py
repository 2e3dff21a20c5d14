"""Check the answers about single people: each read once, for many checks.

Nothing is asked here. An answer that the gateway would not believe says why by the
code of a refusal; ``CODES`` says which finding, and so which check, that belongs to.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from connectors.answer import RecordFault, SourceOutcome
from connectors.conformance.blame import fields_of_row, told
from connectors.conformance.codes import Check, FindingCode
from connectors.conformance.report import Finding, Result, not_tested
from connectors.conformance.subject import Asked, Subject
from connectors.guard.health import CONCLUSIVE
from connectors.manifest import Manifest
from connectors.manifest_signature import SignatureForm
from policy.catalogue import Item
from policy.certificate import CertificateRecord
from policy.row import row_of
from policy.text import Text
from signing.errors import Refusal
from signing.trust import KeyState

EXPIRY_WARNING = timedelta(days=30)
CLOCK_TOLERANCE = timedelta(seconds=30)

_OF_THEIR_OWN = {
    Refusal.UNKNOWN_KEY: FindingCode.UNKNOWN_KEY,
    Refusal.KEY_CHANGED: FindingCode.UNKNOWN_KEY,
    Refusal.WRONG_ALGORITHM: FindingCode.WRONG_ALGORITHM,
    Refusal.ALGORITHM_NONE: FindingCode.WRONG_ALGORITHM,
    Refusal.ALGORITHM_HMAC: FindingCode.WRONG_ALGORITHM,
    Refusal.BAD_SIGNATURE: FindingCode.BAD_SIGNATURE,
    Refusal.KEY_NOT_IN_FORCE: FindingCode.KEY_NOT_IN_FORCE,
    Refusal.KEY_OUTSIDE_WINDOW: FindingCode.KEY_NOT_IN_FORCE,
    Refusal.STALE: FindingCode.STALE_SIGNATURE,
    Refusal.SIGNED_IN_FUTURE: FindingCode.CLOCK_AHEAD,
    Refusal.OUT_OF_SCOPE: FindingCode.OUT_OF_SCOPE,
    RecordFault.MALFORMED_RECORD: FindingCode.MALFORMED_RECORD,
    RecordFault.FOREIGN_KEY: FindingCode.FOREIGN_KEY,
    RecordFault.WRONG_HOLDER: FindingCode.WRONG_HOLDER,
    RecordFault.REPLAYED: FindingCode.REPLAYED,
    RecordFault.NOT_BOUND: FindingCode.NOT_BOUND,
    RecordFault.OTHER_QUESTION: FindingCode.OTHER_QUESTION,
    RecordFault.OTHER_AUDIENCE: FindingCode.OTHER_AUDIENCE,
    RecordFault.CONTRADICTION: FindingCode.CONTRADICTION,
    RecordFault.UNSIGNED_ABSENCE: FindingCode.UNSIGNED_ABSENCE,
    RecordFault.INCOMPLETE: FindingCode.INCOMPLETE,
    RecordFault.UNREADABLE_ANSWER: FindingCode.UNREADABLE,
}
CODES: Mapping[str, FindingCode] = MappingProxyType(
    {
        str(refusal): _OF_THEIR_OWN.get(refusal, FindingCode.SIGNATURE_FORM)
        for refusal in (*Refusal, *RecordFault)
    }
)
"""The finding that a refused part of an answer is."""

CHECKS: Mapping[FindingCode, Check] = MappingProxyType(
    {
        FindingCode.SIGNATURE_FORM: Check.SIGNATURES,
        FindingCode.UNKNOWN_KEY: Check.SIGNATURES,
        FindingCode.WRONG_ALGORITHM: Check.SIGNATURES,
        FindingCode.BAD_SIGNATURE: Check.SIGNATURES,
        FindingCode.KEY_NOT_IN_FORCE: Check.SIGNATURES,
        FindingCode.FOREIGN_KEY: Check.SCOPE,
        FindingCode.OUT_OF_SCOPE: Check.SCOPE,
        FindingCode.MALFORMED_RECORD: Check.MAPPING,
        FindingCode.WRONG_HOLDER: Check.HOLDERS,
        FindingCode.UNSIGNED_ABSENCE: Check.ABSENCE,
        FindingCode.CONTRADICTION: Check.ABSENCE,
        FindingCode.INCOMPLETE: Check.COMPLETENESS,
        FindingCode.STALE_SIGNATURE: Check.REPLAY,
        FindingCode.REPLAYED: Check.REPLAY,
        FindingCode.NOT_BOUND: Check.REPLAY,
        FindingCode.OTHER_QUESTION: Check.REPLAY,
        FindingCode.OTHER_AUDIENCE: Check.REPLAY,
        FindingCode.CLOCK_AHEAD: Check.CLOCK,
    }
)
"""The check that a finding about a refused part belongs to."""

_BY_REASON = frozenset({RecordFault.MALFORMED_RECORD})
"""Each field that is wrong is a finding of its own."""
NOBODY_SIGNS = Text(
    zh="清单写明无人签名（signature.form = 'none'）",
    en="nobody signs, as the manifest says (signature.form = 'none')",
)
NOTHING_ATTESTED = Text(
    zh="计划中的项目均未得到证明", en="no row of the plan was attested"
)


def of_refusals(subject: Subject, check: Check) -> Iterator[Finding]:
    """Yield what ``check`` finds in what was refused: once a code, or a wrong field."""
    return of_refusals_in(subject.asked, subject.manifest, check)


def of_refusals_in(
    everybody: Iterable[Asked], rules: Manifest, check: Check
) -> Iterator[Finding]:
    """Yield what ``check`` finds in what was refused of some people's answers."""
    places: dict[tuple[str, str], list[str]] = {}
    reasons: dict[tuple[str, str], str] = {}
    for asked in everybody:
        for refusal in asked.answer.refusals:
            if CHECKS.get(CODES[refusal.code]) is check:
                what = told(refusal, rules)
                which = refusal.code, what if refusal.code in _BY_REASON else ""
                places.setdefault(which, []).append(asked.place_of(refusal))
                reasons.setdefault(which, what)
    for which, found in places.items():
        code = str(which[0])
        yield once(CODES[code], found, ": ".join(filter(None, (code, reasons[which]))))


def once(code: FindingCode, places: list[str], what: str = "") -> Finding:
    """Return one finding for many places: the first, and how many there are."""
    count = f"×{len(places)}" if len(places) > 1 else ""
    return Finding(code, places[0], " ".join(filter(None, (what, count))))


def _only_refusals(check: Check) -> Callable[[Subject], Result]:
    def look(subject: Subject) -> Result:
        findings = tuple(of_refusals(subject, check))
        return _of_signed(subject, check) or Result(check, findings)

    return look


def _of_signed(subject: Subject, check: Check) -> Result | None:
    """Return that ``check`` looks at what is signed, where nothing is."""
    if not subject.manifest.is_unsigned or check is Check.HOLDERS:
        return None
    if any(True for _ in of_refusals(subject, check)):
        return None
    return not_tested(check, NOBODY_SIGNS)


def scope(subject: Subject) -> Result:
    """Say which rows were attested: those alone were tried."""
    # Never more than the plan says: who names a real person must not learn of them.
    codes = sorted(
        {
            code
            for asked in subject.asked
            for code in subject.items_of(asked.answer)
            if code in asked.person.items
        }
    )
    tried = ", ".join(codes)
    note = Text(zh=f"已核对项目：{tried}", en=f"rows that were tried: {tried}")
    findings = tuple(of_refusals(subject, Check.SCOPE))
    return Result(Check.SCOPE, findings, note if codes else NOTHING_ATTESTED)


def mapping(subject: Subject) -> Result:
    """Look for fields that a record lacks and clauses need."""
    findings = list(of_refusals(subject, Check.MAPPING))
    rowless: dict[str, list[str]] = {}
    unknown: dict[str, list[str]] = {}
    for place, record in _records(subject.asked):
        row = row_of(record, subject.catalogue).item
        if row is None:
            names = fields_of_row(record, subject.catalogue)
            rowless.setdefault(_named(names), []).append(f"{place}.{names[0]}")
        for name in _unknown_fields(record, row):
            unknown.setdefault(name, []).append(f"{place}.{name}")
    findings += [
        once(FindingCode.ROW_UNKNOWN, places, names)
        for names, places in rowless.items()
    ]
    findings += [once(FindingCode.FIELD_UNKNOWN, places) for places in unknown.values()]
    return Result(Check.MAPPING, tuple(findings))


def _unknown_fields(record: CertificateRecord, row: Item | None) -> Iterator[str]:
    """Yield the fields that clauses need and the record does not state."""
    needed: dict[str, object] = {
        "level": record.level,
        "issued_on": record.issued_on,
        "state": record.state,
        "evaluation_body": record.evaluation_body,
        "holder_name": record.holder_name,
    }
    if row is not None and row.anchored_on_first_issue:
        needed["first_issued_on"] = record.first_issued_on
    yield from (name for name, value in needed.items() if value is None)


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`record.{name}`" for name in names)


def _records(asked: Iterable[Asked]) -> Iterator[tuple[str, CertificateRecord]]:
    for one in asked:
        for number, certificate in enumerate(one.answer.shown):
            yield f"{one.place}.records[{number}]", certificate.record


def results(subject: Subject) -> Iterator[Finding]:
    """Yield where what came differs from what the plan says.

    What came is not shown: a plan may name a real person, and a check is no look-up.
    """
    for asked in subject.asked:
        is_known = asked.answer.outcome in {*CONCLUSIVE, SourceOutcome.UNSIGNED}
        if is_known and subject.items_of(asked.answer) != asked.person.items:
            # What has no row is told by itself, and is why the rows differ.
            rowless = {
                name: None
                for certificate in asked.answer.shown
                if row_of(certificate.record, subject.catalogue).item is None
                for name in fields_of_row(certificate.record, subject.catalogue)
            }
            place = f"{asked.place}.items"
            yield Finding(FindingCode.OTHER_RESULT, place, _named(rowless))


def completeness(subject: Subject) -> Result:
    """Say whether a record that was taken out would be missed."""
    if (result := _of_signed(subject, Check.COMPLETENESS)) is not None:
        return result
    findings = list(of_refusals(subject, Check.COMPLETENESS))
    several = [one for one in subject.asked if len(one.person.items) > 1]
    if not several and not findings:
        why = Text(
            zh="计划中没有持有两张及以上证书的人",
            en="nobody in the plan holds two certificates or more",
        )
        return not_tested(Check.COMPLETENESS, why)
    findings += [
        Finding(FindingCode.COUNT_NOT_STATED, f"{one.place}.records[0].held")
        for one in several
        if one.answer.outcome is SourceOutcome.ANSWERED and not one.answer.is_complete
    ]
    return Result(Check.COMPLETENESS, tuple(findings))


def has_nonce(rules: Manifest) -> bool:
    """Say whether a nonce of ours is signed in each answer."""
    return rules.response.nonce is not None or rules.binding.audience is not None


def replay(subject: Subject) -> Result:
    """Say whether an old answer would be noticed."""
    if (result := _of_signed(subject, Check.REPLAY)) is not None:
        return result
    findings = list(of_refusals(subject, Check.REPLAY))
    rules = subject.manifest
    note = None
    if not has_nonce(rules):
        age = f"{rules.signature.max_age_seconds:g}"
        note = Text(
            zh=f"没有随机数：旧签名在 {age} 秒内可以重放，这一点从外部无法检查",
            en=f"no nonce: an old signature may be played again for {age} s, which "
            "cannot be seen from outside",
        )
        if rules.signature.form is SignatureForm.RESPONSE:
            findings.append(Finding(FindingCode.NO_NONCE, "request.nonce"))
    return Result(Check.REPLAY, tuple(findings), note)


def clock(subject: Subject, server_ahead: timedelta | None) -> Result:
    """Compare the signer's clock, and that of the server, with ours."""
    findings = list(of_refusals(subject, Check.CLOCK))
    signed = [
        asked.answer.retrieved_at - proof.signed_at
        for asked in subject.asked
        for proof in asked.answer.proofs
        if asked.answer.retrieved_at is not None
    ]
    # What is signed over our nonce was signed a moment ago, or by a slow clock.
    if has_nonce(subject.manifest) and signed:
        latest = min(signed)
        if latest > CLOCK_TOLERANCE:
            seconds = f"-{latest.total_seconds():.0f} s"
            findings.append(Finding(FindingCode.CLOCK_OFF, "iat", seconds))
    if server_ahead is not None and abs(server_ahead) > CLOCK_TOLERANCE:
        seconds = f"{server_ahead.total_seconds():+.0f} s"
        findings.append(Finding(FindingCode.CLOCK_OFF, "Date", seconds))
    note = None
    if server_ahead is None:
        note = Text(zh="答复没有可读的 Date 标头", en="no Date header to compare")
    return Result(Check.CLOCK, tuple(findings), note)


def rotation(subject: Subject) -> Result:
    """Say whether each key in force was seen to sign, and how long it will."""
    if (result := _of_signed(subject, Check.ROTATION)) is not None:
        return result
    now = subject.clock()
    seen = {proof.key.kid for asked in subject.asked for proof in asked.answer.proofs}
    keys = [
        key
        for key in subject.bundle.keys.values()
        if key.institution == subject.manifest.collection_body
        and key.state is KeyState.ACTIVE
        and key.not_before <= now <= key.not_after
    ]
    ending = [
        Finding(FindingCode.KEY_EXPIRES_SOON, key.kid, f"{key.not_after:%Y-%m-%d}")
        for key in keys
        if key.kid in seen and key.not_after - now < EXPIRY_WARNING
    ]
    if len(keys) < 2:  # noqa: PLR2004 - the key in use and the next one
        why = Text(
            zh="只登记了一把有效密钥；登记下一把并用它签署一名测试人员的记录，即可演练",
            en="one key in force is registered; register the next one and sign a test "
            "person's records with it: that is the drill",
        )
        if ending:
            return Result(Check.ROTATION, tuple(ending), why)
        return not_tested(Check.ROTATION, why)
    unseen = [
        Finding(FindingCode.KEY_NOT_SEEN, key.kid)
        for key in keys
        if key.kid not in seen
    ]
    return Result(Check.ROTATION, (*ending, *unseen))


signatures = _only_refusals(Check.SIGNATURES)
holders = _only_refusals(Check.HOLDERS)
absence = _only_refusals(Check.ABSENCE)
