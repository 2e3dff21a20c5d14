"""Check an evidence bundle, certificate-gateway-evidence@v1, by itself.

    python verify_bundle.py BUNDLE [--policy FILE]

It needs Python 3.11 and ``cryptography``, and nothing of the gateway: copy this file.
FILE says whom you trust (C2SP tlog-policy: the log, its witnesses, their quorum); left
out, the bundle's own is taken, and the report says so. Every check is made, whatever
came of the others; it exits 0 if nothing is against the bundle. ``docs/evidence.md``
says what each holds. ``verify-bundle.mjs``, beside this, computes the verdict again.
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
MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError)
HASH, HALF, SALT, MOST_ROWS, ID = 32, 32, 16, 1024, 4
LOG, COSIGNATURE, COSIGNATURE_ML_DSA = 1, 4, 6
RELEASED = {(VALID,), (SKIPPED,), (UNKNOWN, "POLICY"), (UNKNOWN, "COSIGNATURE")}


class Found(NamedTuple):
    """One check of one thing, and what came of it."""

    check: str
    of: str
    outcome: str
    code: str

    @property
    def is_against(self) -> bool:
        """Whether nobody may rely on the bundle because of it."""
        return (self.outcome,) not in RELEASED and (
            (self.outcome, self.check) not in RELEASED
        )


class _Broken(ValueError):  # noqa: N818 - it ends one check, and is what came of it
    def __init__(self, code: str, outcome: str = INVALID) -> None:
        super().__init__(code)
        self.outcome = outcome


class _Bundle:
    """A bundle as it was read, and what earlier checks found of it."""

    def __init__(self, raw: bytes, policy: str | None) -> None:
        self.raw, self.trusted = raw, policy
        self.all: Any = {}
        self.rows: list[Any] = []
        self.log: list[_VerifierKey] = []
        self.witnesses: dict[str, _VerifierKey] = {}
        self.groups: dict[str, tuple[str, list[str]]] = {}
        self.quorum = ""
        self.seen: dict[str, str] = {}
        self.text, self.size, self.root, self.is_signed = "", 0, b"", False

    def of(self, source: str, **values: object) -> list[Any]:
        rows = [one["row"] for one in self.rows if one["source"] == source]
        return [r for r in rows if all(r[name] == v for name, v in values.items())]

    def facts(self, format_: str) -> list[Any]:
        facts = self.of("logged_facts")
        return [one for one in facts if one["body"].get("format") == format_]

    @property
    def decision(self) -> Any:  # noqa: ANN401 - JSON
        if self.all["subject"]["kind"] != "DECISION":
            raise _Broken("NO_DECISION", SKIPPED)
        return _only(self.of("decisions", id=int(self.all["subject"]["id"])))

    @property
    def judgement(self) -> Any:  # noqa: ANN401 - JSON
        return _only(self.of("judgements", decision=self.decision["id"]))

    @property
    def trace(self) -> Any:  # noqa: ANN401 - JSON
        id_ = self.decision["id"]
        facts = [f["body"] for f in self.facts(TRACE) if f["body"]["decision"] == id_]
        if not facts:
            raise _Broken("NO_TRACE", UNKNOWN)
        return _only(facts)["trace"]

    @property
    def policy(self) -> Any:  # noqa: ANN401 - JSON
        wanted = self.trace["policy"]
        found = [one["body"] for one in self.facts(POLICY)]
        return _only([one for one in found if _digest(_canonical(one)) == wanted])


class _VerifierKey(NamedTuple):
    name: str
    id: bytes
    kind: int
    key: bytes


def verify(raw: bytes, policy: str | None = None) -> list[Found]:
    """Make every check of a bundle, and return what came of each."""
    bundle, found = _Bundle(raw, policy), []
    for check, of, work in _checks(bundle):
        try:
            outcome, code = VALID, work() or "OK"
        except _Broken as broken:
            outcome, code = broken.outcome, str(broken)
        except (*MALFORMED, RecursionError):
            outcome, code = INVALID, "MALFORMED"
        found.append(Found(check, of, outcome, code))
    return found


def _checks(b: _Bundle) -> Iterator[tuple[str, str, Callable[[], str | None]]]:
    yield "FORM", "bundle", partial(_form, b)
    yield "POLICY", "log", partial(_policy, b)
    yield "INCLUSION", "checkpoint", partial(_checkpoint, b)
    for name in b.witnesses:
        yield "COSIGNATURE", name, partial(_cosigned, b, name)
    for place, row in enumerate(_list(b, "rows")):
        yield "INCLUSION", f"rows[{place}]", partial(_included, b, row)
    yield "BINDING", "verdict", partial(_verdict, b)
    yield "BINDING", "trace", partial(_trace, b)
    yield "BINDING", "keys", partial(_keys, b)
    yield "BINDING", "evidence", partial(_evidence, b)
    for name in ("records", "states"):
        for place, one in enumerate(_list(b, name)):
            for check, work in _OF_ENVELOPES.items():
                yield check, f"{name}[{place}]", partial(work, b, name, one)
    yield "AUTHORITY", "decision", partial(_authority, b)
    yield "STATUS", "record", partial(_status, b)
    yield "RULING", "decision", partial(_ruling, b)


def _form(b: _Bundle) -> None:
    text = b.raw.decode("utf-8", "strict")
    b.all = json.loads(text)
    b.rows = [json.loads(one["row"]) for one in b.all["rows"]]
    _need(b.all["format"] == FORMAT, "UNKNOWN_FORMAT")
    _need(" ".join(sorted(b.all)) == MEMBERS, "UNKNOWN_MEMBER")
    for row in b.all["rows"]:
        _need(" ".join(sorted(row)) == ROW_MEMBERS, "UNKNOWN_MEMBER")
    _need(_canonical(b.all) + "\n" == text, "NOT_CANONICAL")
    rest = {name: value for name, value in b.all.items() if name != "digest"}
    _need(_digest(_canonical(rest)) == b.all["digest"], "DIGEST_DIFFERS")


def _policy(b: _Bundle) -> None:
    for line in (b.trusted or b.all["log"]["policy"]).splitlines():
        match line.partition("#")[0].split():
            case ["log", key, *_]:
                b.log.append(_verifier_key(key))
            case ["witness", name, key, *_] if name not in b.witnesses:
                b.witnesses[name] = _verifier_key(key)
            case ["group", name, many, *members]:
                b.groups[name] = (many, members)
            case ["quorum", name] if not b.quorum:
                b.quorum = name
            case []:
                pass
            case _:
                raise _Broken("BAD_POLICY")
    _need(bool(b.log) and bool(b.quorum), "BAD_POLICY")
    if b.trusted is None:
        raise _Broken("OF_THE_BUNDLE", UNKNOWN)


def _verifier_key(line: str) -> _VerifierKey:
    name, _, rest = line.partition("+")
    id_, _, encoded = rest.partition("+")
    raw = _b64(encoded)
    made = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:ID]
    _need(made.hex() == id_ and raw[0] in _NOTE_KEYS, "BAD_POLICY")
    return _VerifierKey(name, made, raw[0], raw[1:])


def _checkpoint(b: _Bundle) -> str:
    text, _, below = b.all["log"]["checkpoint"].rpartition("\n\n")
    b.text = f"{text}\n"
    origin, size, root = text.split("\n")
    b.size, b.root = int(size), _b64(root)
    _need(str(b.size) == size and len(b.root) == HASH, "BAD_CHECKPOINT")
    _need(origin == b.all["log"]["origin"], "OTHER_ORIGIN")
    _need(below.endswith("\n"), "BAD_CHECKPOINT")
    is_of_the_log = False
    for line in below[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        raw = _b64(encoded)
        _need(dash == "\u2014" and len(raw) > ID, "BAD_CHECKPOINT")
        for key in b.log:
            if key[:2] == (name, raw[:ID]) and name == origin:
                _need(_is_signed(b, key, raw[ID:]), "BAD_SIGNATURE")
                is_of_the_log = True
        for witness, key in b.witnesses.items():
            if key[:2] == (name, raw[:ID]):
                is_right = _is_signed(b, key, raw[ID:])
                b.seen[witness] = "OK" if is_right else "BAD_SIGNATURE"
    _need(is_of_the_log, "NOT_OF_THE_LOG")
    _need("BAD_SIGNATURE" not in b.seen.values(), "BAD_COSIGNATURE")
    _need(_is_reached(b, b.quorum), "NO_QUORUM")
    b.is_signed = True
    return "NO_WITNESSES" if b.quorum == "none" else "OK"


def _is_reached(b: _Bundle, name: str, depth: int = 0) -> bool:
    if name == "none" or name in b.witnesses:
        return name == "none" or b.seen.get(name) == "OK"
    many, members = b.groups[name]
    _need(depth < len(b.groups), "BAD_POLICY")
    count = sum(_is_reached(b, member, depth + 1) for member in members)
    least = {"any": 1, "all": len(members)}.get(many) or int(many)
    return 0 < least <= count


_NOTE_KEYS: dict[int, Any] = {
    LOG: ed25519.Ed25519PublicKey,
    COSIGNATURE: ed25519.Ed25519PublicKey,
    COSIGNATURE_ML_DSA: mldsa.MLDSA44PublicKey,
}


def _is_signed(b: _Bundle, key: _VerifierKey, value: bytes) -> bool:
    time, message = value[:8], b.text.encode()
    if key.kind != LOG:
        value = value[8:]
        message = f"cosignature/v1\ntime {int.from_bytes(time)}\n{b.text}".encode()
    if key.kind == COSIGNATURE_ML_DSA:
        origin = b.text.partition("\n")[0].encode()
        name = bytes([len(key.name)]) + key.name.encode()
        message = b"subtree/v1\n\0" + name + time + bytes([len(origin)]) + origin
        message += bytes(8) + b.size.to_bytes(8) + b.root
    return _fits(_NOTE_KEYS[key.kind].from_public_bytes(key.key).verify, value, message)


def _cosigned(b: _Bundle, witness: str) -> None:
    code = b.seen.get(witness, "NOT_SEEN")
    if code != "OK":
        raise _Broken(code, SKIPPED if code == "NOT_SEEN" else INVALID)


def _included(b: _Bundle, row: Any) -> None:  # noqa: ANN401 - JSON
    commitments, salt = [*map(_b64, row["commitments"])], _b64(row["salt"])
    _need(0 < len(commitments) <= MOST_ROWS and len(salt) == SALT, "BAD_ENTRY")
    _need(all(len(one) == HASH for one in commitments), "BAD_ENTRY")
    _need(type(row["position"]) is int and row["position"] >= 0, "BAD_ENTRY")
    said = _sha256(salt + row["row"].encode())
    _need(commitments[row["position"]] == said, "NOT_COMMITTED")
    entry = f"certificate-gateway/log@v1\n{row['kind']}\n"
    entry += f"{_sha256(b''.join(commitments)).hex()}\n"
    place, last, node = row["index"], b.size - 1, _sha256(b"\0" + entry.encode())
    _need(type(place) is int and 0 <= place <= last, "NOT_IN_THE_LOG")
    # RFC 9162, 2.1.3.2.
    for sibling in map(_b64, row["proof"]):
        _need(last > 0 and len(sibling) == HASH, "NOT_IN_THE_LOG")
        if place & 1 or place == last:
            node = _sha256(b"\1" + sibling + node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = _sha256(b"\1" + node + sibling)
        place, last = place >> 1, last >> 1
    _need(not last and node == b.root, "NOT_IN_THE_LOG")
    _need(b.is_signed, "CHECKPOINT_NOT_SIGNED")


def _verdict(b: _Bundle) -> None:
    kept, shown = b.judgement, b.all["verdict"]
    said = [[f["clause"], f["outcome"], f["zh"], f["en"]] for f in shown["findings"]]
    _need(said == kept["findings"], "FINDINGS_DIFFER")
    _need(shown["outcome"] == kept["verdict"], "OUTCOME_DIFFERS")
    _need(shown["computedYuan"] == kept["computed_yuan"], "SUM_DIFFERS")


def _trace(b: _Bundle) -> None:
    trace, kept, decision = b.trace, b.judgement, b.decision
    _need(b.all["trace"] == trace and trace["format"] == TRACE, "TRACE_DIFFERS")
    _need(b.policy["figuresDigest"] == kept["figures_digest"], "POLICY_DIFFERS")
    record = trace["record"]
    _need((record or {"digest": ""})["digest"] == decision["evidence"], "OTHER_RECORD")
    said = [[one["clause"], one["outcome"]] for one in trace["clauses"]]
    _need(said == [one[:2] for one in kept["findings"]], "FINDINGS_DIFFER")
    verdict, claim = trace["verdict"], trace["claim"]
    _need(verdict["outcome"] == kept["verdict"], "OUTCOME_DIFFERS")
    _need(verdict["computedYuan"] == kept["computed_yuan"], "SUM_DIFFERS")
    _need(claim["category"] == decision["category"], "CATEGORY_DIFFERS")
    about = verdict["itemCode"], verdict["level"]
    _need(about == (decision["item"], decision["level"]), "ITEM_DIFFERS")


def _keys(b: _Bundle) -> None:
    kept = [{**f["body"], "keptAt": f["at"]} for f in b.facts(KEY)]
    _need(b.all["keys"] == kept, "KEYS_DIFFER")


def _evidence(b: _Bundle) -> None:
    """Fail unless all is shown that the decision rests on."""
    needed = {b.decision["evidence"], b.judgement["status_list"]} - {"", None}
    _need(needed == {one["digest"] for one in b.all["records"]}, "RECORDS_DIFFER")


def _bound(b: _Bundle, name: str, one: Any) -> None:  # noqa: ANN401 - JSON
    digest = one["digest"]
    if name == "states":
        _need(bool(b.of("state_changes", digest=digest)), "NOT_LOGGED")
    elif b.all["subject"]["kind"] != "DECISION":
        _need(bool(b.of("collected_records", digest=digest)), "NOT_LOGGED")
    if one["envelope"] is None:
        _need(bool(b.of("evidence_erasures", digest=digest)), "NOT_SHOWN")
        raise _Broken("ERASED", SKIPPED)
    _need(_sha256(_b64(one["envelope"])).hex() == digest, "DIGEST_DIFFERS")


def _parts(one: Any) -> tuple[Any, bytes, bytes]:  # noqa: ANN401 - JSON
    """Return the header of signed bytes, the signature, and what it is over."""
    if one["envelope"] is None:
        raise _Broken("ERASED", SKIPPED)
    form, _, rest = _b64(one["envelope"]).partition(b".")
    body = b""
    if form == b"detached":
        length, _, rest = rest.partition(b".")
        rest, body = rest[: int(length)], rest[int(length) :]
    head, payload, signature = rest.split(b".")
    _need(form == (b"compact" if payload else b"detached"), "BAD_ENVELOPE")
    return json.loads(_b64url(head)), _b64url(signature), head + b"." + payload + body


def _key(b: _Bundle, name: str, one: Any) -> tuple[Any, datetime]:  # noqa: ANN401
    """Return the key that signed bytes name as it was when they were relied on."""
    digest, kid = one["digest"], _parts(one)[0]["kid"]
    if name == "states":
        at = _only(b.of("state_changes", digest=digest))["received_at"]
    elif b.all["subject"]["kind"] == "DECISION":
        at = b.decision["recorded_at"]
    else:
        at = _only(b.of("collected_records", digest=digest))["collected_at"]
    known = [f for f in b.facts(KEY) if f["body"]["kid"] == kid == one["kid"]]
    then = [f for f in known if _moment(f["at"]) <= _moment(at)]
    if not then:
        raise _Broken("KEY_NOT_KEPT", UNKNOWN)
    return max(then, key=lambda f: _moment(f["at"]))["body"], _moment(at)


def _integrity(b: _Bundle, name: str, one: Any) -> None:  # noqa: ANN401
    header, signature, signed = _parts(one)
    key = _key(b, name, one)[0]
    _need(header["alg"] == key["algorithm"], "WRONG_ALGORITHM")
    public: Any = load_der_public_key(_b64(key["publicKey"]))
    match key["algorithm"], public:
        case "EdDSA", ed25519.Ed25519PublicKey():
            is_right = _fits(public.verify, signature, signed)
        case "ES256", ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            _need(len(signature) == HALF * 2, "BAD_SIGNATURE")
            r, s = (int.from_bytes(p) for p in (signature[:HALF], signature[HALF:]))
            der = encode_dss_signature(r, s)
            is_right = _fits(public.verify, der, signed, ec.ECDSA(SHA256()))
        case "PS256", rsa.RSAPublicKey():
            pss = padding.PSS(padding.MGF1(SHA256()), HASH)
            is_right = _fits(public.verify, signature, signed, pss, SHA256())
        case _:
            raise _Broken("WRONG_ALGORITHM")
    _need(is_right, "BAD_SIGNATURE")


def _in_force(b: _Bundle, name: str, one: Any) -> None:  # noqa: ANN401
    key, at = _key(b, name, one)
    signed_at = datetime.fromtimestamp(_parts(one)[0]["iat"], at.tzinfo)
    begin, end = _moment(key["notBefore"]), _moment(key["notAfter"])
    _need(begin <= signed_at <= end and begin <= at <= end, "OUTSIDE_WINDOW")
    since = key["stateSince"]
    is_active = key["state"] == "active" or (since and at < _moment(since))
    _need(bool(is_active), "NOT_IN_FORCE")


def _scope(b: _Bundle, name: str, one: Any) -> None:  # noqa: ANN401
    item = b.decision["item"]
    if item is None or b.decision["evidence"] != one["digest"]:
        raise _Broken("NO_ITEM", SKIPPED)
    scope = _key(b, name, one)[0]["scope"]
    _need(scope == b.trace["attestation"]["scope"], "SCOPE_DIFFERS")
    _need(item in scope, "OUT_OF_SCOPE")


def _signer(b: _Bundle, name: str, one: Any) -> None:  # noqa: ANN401
    item, institution = b.decision["item"], _key(b, name, one)[0]["institution"]
    if item is None:
        raise _Broken("NO_ITEM", SKIPPED)
    row = _only([i for i in b.policy["annex"]["items"] if i["code"] == item])
    _need(row["collectionBody"] == institution, "OTHER_INSTITUTION")


_OF_ENVELOPES: dict[str, Callable[[_Bundle, str, Any], None]] = {
    "BINDING": _bound,
    "INTEGRITY": _integrity,
    "KEY": _in_force,
    "SCOPE": _scope,
    "AUTHORITY": _signer,
}


def _authority(b: _Bundle) -> None:
    item = b.decision["item"]
    if item is None:
        raise _Broken("NO_ITEM", SKIPPED)
    row = _only([i for i in b.policy["annex"]["items"] if i["code"] == item])
    _need(row["authority"] == b.decision["authority"], "OTHER_AUTHORITY")


def _status(b: _Bundle) -> str:
    """Compare the changes that a verdict took into account with what was sent."""
    changes, then = b.of("state_changes"), _moment(b.decision["recorded_at"])
    shown = sorted(one["digest"] for one in changes)
    _need(shown == sorted(one["digest"] for one in b.all["states"]), "STATES_DIFFER")
    since = {c["state"] for c in changes if _moment(c["received_at"]) > then}
    record = b.trace["record"]
    if record is None or record["changes"] is None:
        raise _Broken("NOT_KNOWN_THEN", SKIPPED)
    sent = [c for c in changes if _moment(c["received_at"]) <= then]
    found = sorted([c["state"], c["effective_on"]] for c in sent)
    took = sorted([c["state"], c["effectiveOn"]] for c in record["changes"])
    _need(found == took, "STATES_DIFFER")
    return "REVOKED_SINCE" if "REVOKED" in since else "OK"


def _ruling(b: _Bundle) -> None:
    """Fail if what was decided follows neither from the verdict nor from a ruling."""
    decision, kept = b.decision, b.judgement
    if decision["outcome"] == "REFUSED":
        raise _Broken("REFUSED", SKIPPED)
    ruled = {clause for ruling in kept["rulings"] for clause in ruling["clauses"]}
    is_ruled = decision["ruling"] is not None and decision["evidence"] != ""
    for clause, outcome, *_ in kept["findings"]:
        _need(outcome != "UNMET", "UNMET")
        _need(outcome == "MET" or is_ruled or clause in ruled, "NOT_RULED")
    computed, amount = kept["computed_yuan"], decision["amount_yuan"]
    is_amount = computed in (None, amount) or "17-amount" in ruled
    _need(is_amount and amount is not None, "SUM_DIFFERS")


def _need(is_so: bool, code: str) -> None:  # noqa: FBT001 - what is needed
    if not is_so:
        raise _Broken(code)


def _only(found: list[Any]) -> Any:  # noqa: ANN401 - JSON
    _need(len(found) == 1, "NOT_ONE")
    return found[0]


def _fits(verify_: Callable[..., object], *args: object) -> bool:
    try:
        verify_(*args)
    except InvalidSignature:
        return False
    return True


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


def _list(b: _Bundle, name: str) -> list[Any]:
    shown = b.all.get(name) if isinstance(b.all, dict) else None
    return shown if isinstance(shown, list) else []


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
