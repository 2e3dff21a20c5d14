"""Check an evidence bundle, certificate-gateway-evidence@v1, by itself.

    python verify_bundle.py BUNDLE [--policy FILE]

It needs Python 3.11 and ``cryptography``, and nothing of the gateway: copy this file.
FILE says whom you trust (C2SP tlog-policy: the log, its witnesses, their quorum); left
out, the bundle's own is taken, and the report says so. Every check is made, whatever
came of the others; it exits 0 if nothing is against the bundle. ``docs/evidence.md``
says what each holds; ``verify-bundle.mjs``, beside this, computes the verdict again.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

FORMAT = "certificate-gateway-evidence@v1"
TRACE, POLICY, KEY = (f"certificate-gateway-{n}@v1" for n in ("trace", "policy", "key"))
MEMBERS = "asOf digest format keys log madeAt records rows states subject trace verdict"
ROW_MEMBERS = "commitments index kind position proof row salt"
VALID, INVALID, SKIPPED, UNKNOWN = "VALID", "INVALID", "SKIPPED", "UNKNOWN"
MAY_BE_UNKNOWN = ("POLICY", "COSIGNATURE")
HASH, HALF, SALT, MOST_ROWS, ID, TIME = 32, 32, 16, 1024, 4, 8
LOG, ML_DSA = 1, 6
NOTE_KEYS: dict[int, Any] = {
    LOG: ed25519.Ed25519PublicKey,
    4: ed25519.Ed25519PublicKey,
    ML_DSA: mldsa.MLDSA44PublicKey,
}
PSS = padding.PSS(padding.MGF1(SHA256()), HASH)
Json = Any


class Found(NamedTuple):
    """One check of one thing, and what came of it."""

    check: str
    of: str
    outcome: str
    code: str

    @property
    def is_against(self) -> bool:
        """Whether nobody may rely on the bundle because of it."""
        is_open = self.outcome == UNKNOWN and self.check not in MAY_BE_UNKNOWN
        return self.outcome == INVALID or is_open


class BrokenError(ValueError):
    """A check did not hold; the message is its code."""

    def __init__(self, code: str, outcome: str = INVALID) -> None:
        super().__init__(code)
        self.outcome = outcome


def verify(raw: bytes, policy: str | None = None) -> list[Found]:
    """Make every check of a bundle by a policy; return what came of each."""
    found = []
    for check, of, work in _Bundle(raw, policy).checks():
        try:
            outcome, code = VALID, work() or "OK"
        except BrokenError as broken:
            outcome, code = broken.outcome, str(broken)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            outcome, code = INVALID, "MALFORMED"
        found.append(Found(check, of, outcome, code))
    return found


class _Bundle:
    def __init__(self, raw: bytes, policy: str | None) -> None:
        self.raw, self.trusted = raw, policy
        self.all: Json = {}
        self.rows: list[Json] = []
        self.log: list[tuple[str, bytes, int, bytes]] = []
        self.witnesses: dict[str, tuple[str, bytes, int, bytes]] = {}
        self.groups: dict[str, list[str]] = {}
        self.quorum, self.seen = "", dict[str, str]()
        self.text, self.size, self.root, self.is_signed = "", 0, b"", False

    def checks(self) -> Iterator[tuple[str, str, Callable[[], str | None]]]:
        yield "FORM", "bundle", self.form
        yield "POLICY", "log", self.policy_of_log
        yield "INCLUSION", "checkpoint", self.checkpoint
        for name in self.witnesses:
            yield "COSIGNATURE", name, partial(self.cosigned, name)
        for place, row in enumerate(self.shown("rows")):
            yield "INCLUSION", f"rows[{place}]", partial(self.included, row)
        yield "BINDING", "verdict", self.verdict_bound
        yield "BINDING", "trace", self.trace_bound
        yield "BINDING", "keys", self.keys_bound
        yield "BINDING", "evidence", self.evidence_bound
        for name in ("records", "states"):
            for place, one in enumerate(self.shown(name)):
                of = f"{name}[{place}]"
                yield "BINDING", of, partial(self.bound, name, one)
                yield "INTEGRITY", of, partial(self.integrity, name, one)
                yield "KEY", of, partial(self.key_in_force, name, one)
                yield "SCOPE", of, partial(self.scope, name, one)
                yield "AUTHORITY", of, partial(self.signer, name, one)
        yield "AUTHORITY", "decision", self.authority
        yield "STATUS", "record", self.status
        yield "RULING", "decision", self.ruling

    def shown(self, name: str) -> list[Json]:
        shown = self.all.get(name) if isinstance(self.all, dict) else None
        return shown if isinstance(shown, list) else []

    def of(self, source: str, **wanted: object) -> list[Json]:
        rows = [one["row"] for one in self.rows if one["source"] == source]
        return [r for r in rows if all(r[name] == v for name, v in wanted.items())]

    def facts(self, format_: str) -> list[Json]:
        facts = self.of("logged_facts")
        return [one for one in facts if one["body"].get("format") == format_]

    def decision(self) -> Json:
        _need(self.all["subject"]["kind"] == "DECISION", "NO_DECISION", SKIPPED)
        return _only(self.of("decisions", id=int(self.all["subject"]["id"])))

    def judgement(self) -> Json:
        return _only(self.of("judgements", decision=self.decision()["id"]))

    def trace(self) -> Json:
        id_, facts = self.decision()["id"], self.facts(TRACE)
        found = [one["body"] for one in facts if one["body"]["decision"] == id_]
        _need(bool(found), "NO_TRACE", UNKNOWN)
        return _only(found)["trace"]

    def policy(self) -> Json:
        wanted, facts = self.trace()["policy"], self.facts(POLICY)
        bodies = [one["body"] for one in facts]
        return _only([one for one in bodies if _digest(_canonical(one)) == wanted])

    def item(self) -> Json:
        code = self.decision()["item"]
        _need(code is not None, "NO_ITEM", SKIPPED)
        items = self.policy()["annex"]["items"]
        return _only([one for one in items if one["code"] == code])

    def form(self) -> None:
        text = self.raw.decode("utf-8", "strict")
        self.all = json.loads(text)
        self.rows = [json.loads(one["row"]) for one in self.all["rows"]]
        _need(self.all["format"] == FORMAT, "UNKNOWN_FORMAT")
        _need(" ".join(sorted(self.all)) == MEMBERS, "UNKNOWN_MEMBER")
        for row in self.all["rows"]:
            _need(" ".join(sorted(row)) == ROW_MEMBERS, "UNKNOWN_MEMBER")
        _need(_canonical(self.all) + "\n" == text, "NOT_CANONICAL")
        rest = {name: value for name, value in self.all.items() if name != "digest"}
        _need(_digest(_canonical(rest)) == self.all["digest"], "DIGEST_DIFFERS")

    def policy_of_log(self) -> None:
        for line in (self.trusted or self.all["log"]["policy"]).splitlines():
            match [] if line.lstrip().startswith("#") else line.split():
                case ["log", key, *_]:
                    self.log.append(_verifier_key(key))
                case ["witness", name, key, *_] if name not in self.witnesses:
                    self.witnesses[name] = _verifier_key(key)
                case ["group", name, *rest]:
                    self.groups[name] = rest
                case ["quorum", name] if not self.quorum:
                    self.quorum = name
                case other:
                    _need(not other, "BAD_POLICY")
        _need(bool(self.log) and bool(self.quorum), "BAD_POLICY")
        _need(self.trusted is not None, "OF_THE_BUNDLE", UNKNOWN)

    def checkpoint(self) -> str:
        text, _, below = self.all["log"]["checkpoint"].rpartition("\n\n")
        self.text, (origin, size, root) = f"{text}\n", text.split("\n")
        self.size, self.root = int(size), _b64(root)
        _need(str(self.size) == size and len(self.root) == HASH, "BAD_CHECKPOINT")
        _need(origin == self.all["log"]["origin"], "OTHER_ORIGIN")
        _need(below.endswith("\n"), "BAD_CHECKPOINT")
        is_of_the_log = False
        for line in below[:-1].split("\n"):
            dash, name, encoded = line.split(" ")
            raw = _b64(encoded)
            _need(dash == "\u2014" and len(raw) > ID, "BAD_CHECKPOINT")
            signer, value = (name, raw[:ID]), raw[ID:]
            for key in self.log:
                if key[:2] == signer and name == origin:
                    _need(self.is_note_of(key, value), "BAD_SIGNATURE")
                    is_of_the_log = True
            for witness, key in self.witnesses.items():
                if key[:2] == signer:
                    is_right = self.is_note_of(key, value)
                    self.seen[witness] = "OK" if is_right else "BAD_SIGNATURE"
        _need(is_of_the_log, "NOT_OF_THE_LOG")
        _need("BAD_SIGNATURE" not in self.seen.values(), "BAD_COSIGNATURE")
        _need(self.is_reached(self.quorum), "NO_QUORUM")
        self.is_signed = True
        return "NO_WITNESSES" if self.quorum == "none" else "OK"

    def is_note_of(self, key: tuple[str, bytes, int, bytes], value: bytes) -> bool:
        name, _, kind, raw = key
        message, check = self.text.encode(), NOTE_KEYS[kind].from_public_bytes(raw)
        if kind != LOG:
            time, value = value[:TIME], value[TIME:]
            head = f"cosignature/v1\ntime {int.from_bytes(time)}\n".encode()
            origin, _, _ = message.partition(b"\n")
            if kind == ML_DSA:
                head = b"subtree/v1\n\0" + _short(name.encode()) + time + _short(origin)
                message = bytes(TIME) + self.size.to_bytes(TIME) + self.root
            message = head + message
        return _fits(check.verify, value, message)

    def is_reached(self, name: str, depth: int = 0) -> bool:
        if name == "none" or name in self.witnesses:
            return name == "none" or self.seen.get(name) == "OK"
        many, *members = self.groups[name]
        _need(depth < len(self.groups), "BAD_POLICY")
        count = sum(self.is_reached(member, depth + 1) for member in members)
        least = {"any": 1, "all": len(members)}.get(many) or int(many)
        return 0 < least <= count

    def cosigned(self, witness: str) -> None:
        code = self.seen.get(witness, "NOT_SEEN")
        _need(code == "OK", code, SKIPPED if code == "NOT_SEEN" else INVALID)

    def included(self, row: Json) -> None:
        commitments, salt = [*map(_b64, row["commitments"])], _b64(row["salt"])
        position, place = row["position"], row["index"]
        _need(0 < len(commitments) <= MOST_ROWS and len(salt) == SALT, "BAD_ENTRY")
        _need({len(one) for one in commitments} == {HASH}, "BAD_ENTRY")
        _need(type(position) is int and position >= 0, "BAD_ENTRY")
        is_committed = commitments[position] == _sha256(salt + row["row"].encode())
        _need(is_committed, "NOT_COMMITTED")
        digest = _sha256(b"".join(commitments)).hex()
        entry = f"certificate-gateway/log@v1\n{row['kind']}\n{digest}\n".encode()
        last, node = self.size - 1, _sha256(b"\0" + entry)
        _need(type(place) is int and 0 <= place <= last, "NOT_IN_THE_LOG")
        for sibling in map(_b64, row["proof"]):  # RFC 9162, 2.1.3.2
            _need(last > 0 and len(sibling) == HASH, "NOT_IN_THE_LOG")
            if place & 1 or place == last:
                node = _sha256(b"\1" + sibling + node)
                while not place & 1 and place:
                    place, last = place >> 1, last >> 1
            else:
                node = _sha256(b"\1" + node + sibling)
            place, last = place >> 1, last >> 1
        _need(not last and node == self.root, "NOT_IN_THE_LOG")
        _need(self.is_signed, "CHECKPOINT_NOT_SIGNED")

    def verdict_bound(self) -> None:
        kept, shown = self.judgement(), self.all["verdict"]
        names = ("clause", "outcome", "zh", "en")
        said = [[one[name] for name in names] for one in shown["findings"]]
        _need(said == kept["findings"], "FINDINGS_DIFFER")
        _need(shown["outcome"] == kept["verdict"], "OUTCOME_DIFFERS")
        _need(shown["computedYuan"] == kept["computed_yuan"], "SUM_DIFFERS")

    def trace_bound(self) -> None:
        trace, kept, decision = self.trace(), self.judgement(), self.decision()
        verdict, record = trace["verdict"], trace["record"] or {"digest": ""}
        said = [[one["clause"], one["outcome"]] for one in trace["clauses"]]
        figures = self.policy()["figuresDigest"]
        _need(self.all["trace"] == trace and trace["format"] == TRACE, "TRACE_DIFFERS")
        _need(figures == kept["figures_digest"], "POLICY_DIFFERS")
        _need(record["digest"] == decision["evidence"], "OTHER_RECORD")
        _need(said == [one[:2] for one in kept["findings"]], "FINDINGS_DIFFER")
        _need(verdict["outcome"] == kept["verdict"], "OUTCOME_DIFFERS")
        _need(verdict["computedYuan"] == kept["computed_yuan"], "SUM_DIFFERS")
        _need(trace["claim"]["category"] == decision["category"], "CATEGORY_DIFFERS")
        about = verdict["itemCode"], verdict["level"]
        _need(about == (decision["item"], decision["level"]), "ITEM_DIFFERS")

    def keys_bound(self) -> None:
        kept = [{**one["body"], "keptAt": one["at"]} for one in self.facts(KEY)]
        _need(self.all["keys"] == kept, "KEYS_DIFFER")

    def evidence_bound(self) -> None:
        needed = {self.decision()["evidence"], self.judgement()["status_list"]}
        shown = {one["digest"] for one in self.all["records"]}
        _need(needed - {"", None} == shown, "RECORDS_DIFFER")

    def bound(self, name: str, one: Json) -> None:
        is_of_decision = self.all["subject"]["kind"] == "DECISION"
        if name == "states" or not is_of_decision:
            source = "state_changes" if name == "states" else "collected_records"
            _need(bool(self.of(source, digest=one["digest"])), "NOT_LOGGED")
        if one["envelope"] is None:
            is_erased = bool(self.of("evidence_erasures", digest=one["digest"]))
            _need(is_erased, "NOT_SHOWN")
            _need(not is_erased, "ERASED", SKIPPED)
        digest = _sha256(_b64(one["envelope"])).hex()
        _need(digest == one["digest"], "DIGEST_DIFFERS")

    def key(self, name: str, one: Json) -> tuple[Json, datetime]:
        """Return the key that signed bytes name, as it was when they were relied on."""
        digest, kid = one["digest"], _parts(one)[0]["kid"]
        if name == "states":
            at = _only(self.of("state_changes", digest=digest))["received_at"]
        elif self.all["subject"]["kind"] == "DECISION":
            at = self.decision()["recorded_at"]
        else:
            at = _only(self.of("collected_records", digest=digest))["collected_at"]
        known = [f for f in self.facts(KEY) if f["body"]["kid"] == kid == one["kid"]]
        then = [f for f in known if _moment(f["at"]) <= _moment(at)]
        _need(bool(then), "KEY_NOT_KEPT", UNKNOWN)
        return max(then, key=lambda f: _moment(f["at"]))["body"], _moment(at)

    def integrity(self, name: str, one: Json) -> None:
        (header, value, signed), (key, _) = _parts(one), self.key(name, one)
        _need(header["alg"] == key["algorithm"], "WRONG_ALGORITHM")
        public: Any = load_der_public_key(_b64(key["publicKey"]))
        match key["algorithm"], public:
            case "EdDSA", ed25519.Ed25519PublicKey():
                is_right = _fits(public.verify, value, signed)
            case "ES256", ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
                r, s = (int.from_bytes(half) for half in (value[:HALF], value[HALF:]))
                der = encode_dss_signature(r, s)
                is_right = _fits(public.verify, der, signed, ec.ECDSA(SHA256()))
                is_right = is_right and len(value) == HALF * 2
            case "PS256", rsa.RSAPublicKey():
                is_right = _fits(public.verify, value, signed, PSS, SHA256())
            case _:
                raise BrokenError("WRONG_ALGORITHM")
        _need(is_right, "BAD_SIGNATURE")

    def key_in_force(self, name: str, one: Json) -> None:
        (header, _, _), (key, at) = _parts(one), self.key(name, one)
        signed_at = datetime.fromtimestamp(header["iat"], at.tzinfo)
        begin, end = _moment(key["notBefore"]), _moment(key["notAfter"])
        _need(begin <= signed_at <= end and begin <= at <= end, "OUTSIDE_WINDOW")
        since = key["stateSince"]
        is_active = key["state"] == "active" or (since and at < _moment(since))
        _need(bool(is_active), "NOT_IN_FORCE")

    def scope(self, name: str, one: Json) -> None:
        decision, (key, _) = self.decision(), self.key(name, one)
        is_record = decision["evidence"] == one["digest"]
        _need(is_record and decision["item"] is not None, "NO_ITEM", SKIPPED)
        said = self.trace()["attestation"]["scope"]
        _need(key["scope"] == said, "SCOPE_DIFFERS")
        _need(decision["item"] in key["scope"], "OUT_OF_SCOPE")

    def signer(self, name: str, one: Json) -> None:
        institution = self.key(name, one)[0]["institution"]
        _need(self.item()["collectionBody"] == institution, "OTHER_INSTITUTION")

    def authority(self) -> None:
        leads = self.decision()["authority"]
        _need(self.item()["authority"] == leads, "OTHER_AUTHORITY")

    def status(self) -> str:
        """Compare the changes that a verdict took into account with what was sent."""
        changes, then = (
            self.of("state_changes"),
            _moment(self.decision()["recorded_at"]),
        )
        digests = (
            sorted(o["digest"] for o in s) for s in (changes, self.all["states"])
        )
        _need(len({*map(str, digests)}) == 1, "STATES_DIFFER")
        sent = [one for one in changes if _moment(one["received_at"]) <= then]
        record = self.trace()["record"] or {"changes": None}
        _need(record["changes"] is not None, "NOT_KNOWN_THEN", SKIPPED)
        found = [[one["state"], one["effective_on"]] for one in sent]
        for change in record["changes"]:
            said = [change["state"], change["effectiveOn"]]
            _need(said in found, "STATES_DIFFER")
            found.remove(said)
        is_revoked = any(c["state"] == "REVOKED" for c in changes if c not in sent)
        # What came between the answer and the record was not taken into account.
        later = "REVOKED_SINCE" if is_revoked else "OK"
        return "MORE_WAS_SENT" if found else later

    def ruling(self) -> None:
        """Fail if what was decided follows neither from the verdict nor a ruling."""
        decision, kept = self.decision(), self.judgement()
        _need(decision["outcome"] != "REFUSED", "REFUSED", SKIPPED)
        ruled = {clause for ruling in kept["rulings"] for clause in ruling["clauses"]}
        is_ruled = decision["ruling"] is not None and decision["evidence"] != ""
        for clause, outcome, *_ in kept["findings"]:
            _need(outcome != "UNMET", "UNMET")
            _need(outcome == "MET" or is_ruled or clause in ruled, "NOT_RULED")
        computed, amount = kept["computed_yuan"], decision["amount_yuan"]
        is_amount = computed in (None, amount) or "17-amount" in ruled
        _need(is_amount and amount is not None, "SUM_DIFFERS")


def _parts(one: Json) -> tuple[Json, bytes, bytes]:
    """Return the header of a JWS, its signature, and what that is over."""
    _need(one["envelope"] is not None, "ERASED", SKIPPED)
    (form, _, rest), body = _b64(one["envelope"]).partition(b"."), b""
    if form == b"detached":
        length, _, rest = rest.partition(b".")
        rest, body = rest[: int(length)], rest[int(length) :]
    head, payload, value = rest.split(b".")
    _need(form == (b"compact" if payload else b"detached"), "BAD_ENVELOPE")
    return json.loads(_b64url(head)), _b64url(value), head + b"." + payload + body


def _verifier_key(line: str) -> tuple[str, bytes, int, bytes]:
    (name, _, rest), (id_, _, encoded) = (
        line.partition("+"),
        line.split("+", 1)[1].partition("+"),
    )
    raw = _b64(encoded)
    made = _sha256(name.encode() + b"\n" + raw)[:ID]
    _need(made.hex() == id_ and raw[0] in NOTE_KEYS and bool(rest), "BAD_POLICY")
    return name, made, raw[0], raw[1:]


def _need(is_so: bool, code: str, outcome: str = INVALID) -> None:
    if not is_so:
        raise BrokenError(code, outcome)


def _only(found: list[Json]) -> Json:
    _need(len(found) == 1, "NOT_ONE")
    return found[0]


def _fits(check: Callable[..., object], *args: object) -> bool:
    try:
        check(*args)
    except InvalidSignature:
        return False
    return True


def _short(raw: bytes) -> bytes:
    return bytes([len(raw)]) + raw


def _sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def _digest(text: str) -> str:
    return _sha256(text.encode()).hex()


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _b64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    _need(base64.b64encode(raw).decode() == text, "NOT_CANONICAL")
    return raw


def _b64url(text: bytes) -> bytes:
    raw = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    _need(base64.urlsafe_b64encode(raw).rstrip(b"=") == text, "NOT_CANONICAL")
    return raw


def _moment(text: str) -> datetime:
    _need(text.endswith("Z"), "BAD_MOMENT")
    return datetime.fromisoformat(text)


def main(args: list[str]) -> int:
    """Print what came of each check of a file; return 0 if nothing is against it."""
    file, *more = args
    policy = Path(more[1]).read_text("utf-8") if more[:1] == ["--policy"] else None
    found = verify(Path(file).read_bytes(), policy)
    for one in found:
        sys.stdout.write(f"{one.outcome:8}{one.check:13}{one.of:22}{one.code}\n")
    is_released = not any(one.is_against for one in found)
    sys.stdout.write("VERIFIED\n" if is_released else "REFUSED\n")
    return 0 if is_released else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
