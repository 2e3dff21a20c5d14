"""A log of hashes in memory, its witnesses, and decisions that are in it: all real."""

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    generate_private_key as generate_rsa,
)

from bureau.evidence.bundle import LogShown, Material, Subject, SubjectKind, bundle_of
from bureau.evidence.facts import (
    Fact,
    certificate_trace_fact,
    key_fact,
    policy_fact,
    trace_fact,
)
from bureau.transparency.log import LoggedRow
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState, StateChange
from policy.edition import canonical
from policy.eligibility import EligibilityOutcome, evaluate
from policy.evidence import Evidence
from policy.finding import FindingOutcome
from policy.row import row_of
from policy.trace import trace_of
from signing.algorithms import Algorithm
from signing.envelope import Envelope, PayloadType
from signing.sign import SigningKey, sign, sign_detached
from signing.transparency.checkpoints import Checkpoint, NoteSigner
from signing.transparency.entries import commitment, entry
from signing.transparency.merkle import (
    Subtree,
    inclusion,
    leaf_hash,
    node_hash,
    root,
)
from signing.transparency.notes import Kind, Note
from signing.trust import KeyState, TrustedKey
from tests.gateway.evidence import invented

ORIGIN = "log.example.gov.cn/2026"
AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
REVOKED = StateChange(
    state=CertificateState.REVOKED, effective_on=AT.date(), received_at=AT
)
FACT_KINDS = {"key": "key-event", "policy": "policy", "trace": "judgement"}


@dataclass
class Log:
    """A log in memory: entries are of one row, or of three, of which one is shown."""

    rng: random.Random
    leaves: list[bytes] = field(default_factory=list)
    levels: list[list[bytes]] = field(default_factory=list)
    rows: list[LoggedRow] = field(default_factory=list)
    facts: int = 0

    def add(self, source: str, kind: str, columns: Fact) -> LoggedRow:
        """Commit to a row, now and then beside others."""
        raw = orjson.dumps(
            {"row": columns, "source": source},
            option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z,
        )
        salt = self.rng.randbytes(16)
        count = 3 if self.rng.random() < 0.2 else 1
        position = self.rng.randrange(count)
        others = [self.rng.randbytes(32) for _ in range(count - 1)]
        others.insert(position, commitment(salt, raw))
        self.leaves.append(leaf_hash(entry(kind, others)))
        row = LoggedRow(
            kind=kind,
            row=raw,
            salt=salt,
            commitments=others,
            position=position,
            index=len(self.leaves) - 1,
            proof=(),
            size=0,
            root=b"",
        )
        self.rows.append(row)
        return row

    def fact(self, body: Fact, at: datetime) -> LoggedRow:
        """Commit to what is no row of another table."""
        self.facts += 1
        kind = FACT_KINDS[body["format"].split("-")[2].split("@")[0]]
        columns = {"id": self.facts, "kind": kind, "body": body, "at": at}
        return self.add("logged_facts", kind, columns)

    def hashes(self, subtree: Subtree) -> bytes:
        """Return the hash of a whole subtree."""
        level, place = subtree
        return self.levels[level][place]

    def close(self) -> None:
        """Hash all there is, once no more comes."""
        self.levels = [self.leaves]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            self.levels.append([node_hash(*pair) for pair in pairs])

    def proved(self, row: LoggedRow) -> LoggedRow:
        """Return a row with its proof."""
        size = len(self.leaves)
        return replace(row, proof=inclusion(row.index, size, self.hashes))

    def shown(self, *, is_witnessed: bool = True) -> LogShown:
        """Return the log's checkpoint, signed by all."""
        size = len(self.leaves)
        checkpoint = Checkpoint(ORIGIN, size, root(size, self.hashes))
        signers = signers_of_the_log()
        signing = signers if is_witnessed else signers[:1]
        note = Note(checkpoint.text, [one.sign(checkpoint, AT) for one in signing])
        return LogShown(origin=ORIGIN, policy=policy_text(), checkpoint=str(note))


@cache
def log_key() -> Ed25519PrivateKey:
    """Return what the log signs with."""
    return Ed25519PrivateKey.generate()


@cache
def signers_of_the_log() -> tuple[NoteSigner, ...]:
    """Return the log itself, and three witnesses."""
    witness = Kind.COSIGNATURE_ED25519
    return (
        NoteSigner(ORIGIN, Kind.ED25519, log_key()),
        NoteSigner("bureau.example/w1", witness, Ed25519PrivateKey.generate()),
        NoteSigner("finance.example/w2", witness, Ed25519PrivateKey.generate()),
        NoteSigner(
            *("audit.example/w3", Kind.COSIGNATURE_ML_DSA_44),
            MLDSA44PrivateKey.generate(),
        ),
    )


def policy_text() -> str:
    log, *witnesses = (str(one.key) for one in signers_of_the_log())
    lines = [f"log {log}"]
    lines += [f"witness w{n} {key}" for n, key in enumerate(witnesses, start=1)]
    return "\n".join([*lines, "group all 2 w1 w2 w3", "quorum all", ""])


Keys = tuple[tuple[SigningKey, TrustedKey], ...]


@cache
def agency_keys() -> Keys:
    """Return a key of each algorithm, of each collection body."""
    return keys_of(
        (Algorithm.ED25519, Ed25519PrivateKey.generate()),
        (Algorithm.ES256, generate_private_key(SECP256R1())),
        (Algorithm.PS256, generate_rsa(65537, 2048)),
    )


def keys_of(*made: tuple[Algorithm, Any]) -> Keys:
    """Return keys of the collection bodies."""
    return tuple(
        (
            SigningKey(f"key-{n}", algorithm, private),
            TrustedKey(
                kid=f"key-{n}",
                institution=signer.institution,
                algorithm=algorithm,
                public_key=private.public_key(),
                not_before=AT - timedelta(days=365),
                not_after=AT + timedelta(days=365),
                state=KeyState.ACTIVE,
                scope=signer.scope,
            ),
        )
        for n, ((algorithm, private), (_, signer)) in enumerate(
            zip(made, invented.SIGNED, strict=True)
        )
    )


@dataclass(frozen=True, slots=True)
class Made:
    """A decision, or a certificate that was sent, that is in a log."""

    subject: Subject
    rows: Sequence[LoggedRow]
    came: dict[str, bytes | None]


Sign = Callable[[random.Random, SigningKey, bytes], Envelope]


def signed(rng: random.Random, key: SigningKey, payload: bytes) -> Envelope:
    """Return ``payload`` signed by itself, or as a whole answer."""
    signed_at = AT - timedelta(hours=rng.randrange(48))
    if rng.random() < 0.3:
        return sign_detached(
            payload, key, type=PayloadType.RESPONSE, signed_at=signed_at
        )
    return sign(payload, key, type=PayloadType.RECORD, signed_at=signed_at)


def recorded(log: Log, id_: int, keys: Keys | None = None, how: Sign = signed) -> Made:
    """Record a decision of invented evidence, with all that it rests on."""
    rng = log.rng
    edition = rng.choice(invented.editions())
    which, evidence = payable(rng)
    payload = canonical({"certificate": id_, "words": rng.random()}).encode()
    signing, trusted = (agency_keys() if keys is None else keys)[which]
    envelope = how(rng, signing, payload)
    digest = envelope.digest.hex()
    verdict = evaluate(
        evidence,
        catalogue=load_catalogue(),
        parameters=edition.parameters,
        figures_of=evidence.today,
    )
    trace = trace_of(
        evidence, verdict, digest=digest, edition=edition, figures_of=evidence.today
    )
    is_paid = verdict.outcome is EligibilityOutcome.ELIGIBLE
    undetermined = [
        found.clause
        for found in verdict.findings
        if found.outcome is FindingOutcome.UNDETERMINED
    ]
    is_ruled = verdict.outcome is EligibilityOutcome.UNDETERMINED
    amount = verdict.computed_yuan or 1000 if is_paid or is_ruled else None
    assert evidence.claim is not None
    item = row_of(evidence.record, load_catalogue()).item
    rows = [
        log.fact(policy_fact(edition), AT - timedelta(days=30)),
        log.fact(key_fact(trusted), AT - timedelta(days=20)),
    ]
    changes = evidence.record.changes or ()
    came: dict[str, bytes | None] = {digest: envelope.came}
    listed = None
    if rng.random() < 0.2:
        listed = how(rng, signing, canonical({"list": id_}).encode())
        came[listed.digest.hex()] = listed.came
    if rng.random() < 0.1:
        # Sent after the decision.
        changes = (*changes, replace(REVOKED, received_at=AT + timedelta(hours=1)))
    for n, change in enumerate(changes):
        sent = how(rng, signing, canonical({"of": id_, "n": n}).encode())
        came[sent.digest.hex()] = sent.came
        rows.append(state_row(log, n, change, sent, trusted.kid))
    decision = {
        "id": id_,
        "claim": f"C-{id_}",
        "outcome": "REFUSED" if amount is None else "PAID",
        "amount_yuan": amount,
        "category": evidence.claim.category,
        "item": None if item is None else item.code,
        "level": evidence.record.level,
        "authority": "" if item is None else item.authority.id,
        "evidence": digest,
        "ruling": "核验原件后认定" if is_ruled else None,
        "decided_on": evidence.today,
        "recorded_at": AT,
    }
    judgement = {
        "id": id_,
        "decision": id_,
        "verdict": verdict.outcome,
        "findings": [
            [one.clause, one.outcome, one.reason.zh, one.reason.en]
            for one in verdict.findings
        ],
        "computed_yuan": verdict.computed_yuan,
        "figures_from": evidence.today,
        "figures_digest": edition.parameters.digest,
        "facts": {},
        "rulings": [
            {"clauses": undetermined, "reason": "已核", "officer": "甲"},
        ],
        "status_list": None if listed is None else listed.digest.hex(),
    }
    rows.append(log.add("decisions", "decision", decision))
    rows.append(log.add("judgements", "judgement", judgement))
    rows.append(log.fact(trace_fact(id_, trace), AT))
    return Made(Subject(SubjectKind.DECISION, str(id_)), rows, came)


def state_row(
    log: Log, n: int, change: StateChange, sent: Envelope, kid: str
) -> LoggedRow:
    """Commit to a change of state that was sent."""
    came_at = min(change.received_at, AT + timedelta(hours=1, microseconds=n))
    state = {
        "id": n + 1,
        "connector": "agency",
        "sequence": n,
        "digest": sent.digest.hex(),
        "state": change.state,
        "effective_on": change.effective_on,
        "reason": "",
        "key_id": kid,
        "signed_at": AT,
        "received_at": came_at,
    }
    return log.add("state_changes", "state-change", state)


def collected(
    log: Log, id_: int, versions: int | None = None, *, judged: int = -1
) -> Made:
    """Send a certificate, and now and then an older version and changes of its state.

    What it is worth by itself is in the log with it; ``judged`` says which version is.
    """
    rng = log.rng
    edition = rng.choice(invented.editions())
    which, evidence = payable(rng)
    evidence = replace(
        evidence, claim=None, claimant=None, as_of=AT.date(), today=AT.date()
    )
    signing, trusted = agency_keys()[which]
    rows = [
        log.fact(policy_fact(edition), AT - timedelta(days=30)),
        log.fact(key_fact(trusted), AT - timedelta(days=20)),
    ]
    came: dict[str, bytes | None] = {}
    certificate, digests = f"id-{id_}", list[str]()
    for version in range(versions or rng.choice([1, 1, 2])):
        payload = canonical({"certificate": id_, "version": version}).encode()
        signed_at = AT - timedelta(hours=9 - version)
        sent = sign(payload, signing, type=PayloadType.RECORD, signed_at=signed_at)
        digests.append(digest := sent.digest.hex())
        came[digest] = sent.came
        row = {
            "id": version + 1,
            "connector": "agency",
            "sequence": version,
            "digest": digest,
            "certificate": certificate,
            "key_id": trusted.kid,
            "signed_at": signed_at,
            "collected_at": AT,
        }
        rows.append(log.add("collected_records", "record", row))
    for n, change in enumerate(evidence.record.changes or ()):
        of_state = signed(rng, signing, canonical({"of": id_, "n": n}).encode())
        came[of_state.digest.hex()] = of_state.came
        rows.append(state_row(log, n, change, of_state, trusted.kid))
    verdict = evaluate(
        evidence,
        catalogue=load_catalogue(),
        parameters=edition.parameters,
        figures_of=evidence.today,
    )
    trace = trace_of(
        evidence,
        verdict,
        digest=digests[judged],
        edition=edition,
        figures_of=evidence.today,
    )
    rows.append(log.fact(certificate_trace_fact(certificate, trace), AT))
    return Made(Subject(SubjectKind.CERTIFICATE, certificate), rows, came)


def payable(rng: random.Random) -> tuple[int, Evidence]:
    """Return evidence with a claim, and which body's key it is signed with.

    What its attestation says of the key is what the key is.
    """
    evidence = invented.evidence(rng)
    names = [signer.institution for _, signer in invented.SIGNED]
    which = rng.randrange(len(names))
    item = row_of(evidence.record, load_catalogue()).item
    if item is not None:
        which = names.index(item.collection_body.id)
    signer = invented.SIGNED[which][1]
    attestation = replace(
        evidence.attestation, institution=signer.institution, scope=signer.scope
    )
    claim = evidence.claim or invented.claim(rng)
    return which, replace(evidence, attestation=attestation, claim=claim)


def bundles(
    seed: int, count: int, make: Callable[[Log, int], Made] = recorded
) -> list[bytes]:
    """Return bundles of as many decisions, or of what ``make`` makes, in one log."""
    log = Log(random.Random(seed))  # noqa: S311 - an example, no secret
    made = [make(log, id_) for id_ in range(1, count + 1)]
    log.close()
    shown = log.shown()
    return [bundle(log, shown, one) for one in made]


def bundle(log: Log, shown: LogShown, made: Made) -> bytes:
    return bundle_of(
        Material(
            subject=made.subject,
            as_of=AT.date(),
            made_at=AT + timedelta(days=1),
            log=shown,
            rows=[log.proved(row) for row in made.rows],
            came=made.came,
        )
    )


def rewritten(changed: Any) -> bytes:
    """Return a bundle as a forger writes it: in its spelling, with its own digest."""
    rest = {name: value for name, value in changed.items() if name != "digest"}
    digest = hashlib.sha256(canonical(rest).encode()).hexdigest()
    return f"{canonical({**rest, 'digest': digest})}\n".encode()
