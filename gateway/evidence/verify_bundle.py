"""Check an evidence bundle, certificate-gateway-evidence@v1, by itself.

    python verify_bundle.py BUNDLE [--policy FILE]

It needs Python 3.11 and ``cryptography``, and nothing of the gateway: copy this file.
FILE says whom you trust (C2SP tlog-policy); left out, the bundle's own is taken, and
the report says so. Every check is made, whatever came of the others; it exits 0 if
nothing is against the bundle. ``docs/evidence.md`` says what each check holds.
"""

import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

Json = Any
Others = Mapping[str | bytes, Callable[[Json, bytes, bytes], bool]]
VALID, INVALID, SKIPPED, UNKNOWN = "VALID", "INVALID", "SKIPPED", "UNKNOWN"
FORMAT = "certificate-gateway-evidence@v1"
TRACE, POLICY, KEY = (f"certificate-gateway-{n}@v1" for n in ("trace", "policy", "key"))
MEMBERS = "asOf digest format keys log madeAt records rows states subject trace verdict"
ROW_MEMBERS = "commitments index kind position proof row salt"
HASH, SALT, ID, TIME, PLACE, MOST_ROWS, MOST_LEAVES = 32, 16, 4, 8, 4, 1024, 10**15
LAST = "9999-12-31T23:59:59.999999Z"
LOG = " "  # the log among witnesses, whose names have no spaces
ED25519, ML_DSA, SM2 = b"\1", b"\6", b"\xffcertificate-gateway/cosignature-sm2@v1\n"
KINDS = ED25519, b"\4", ML_DSA, SM2  # of keys of notes; 4 is a witness's Ed25519
PSS = padding.PSS(padding.MGF1(SHA256()), HASH)
JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class Found(NamedTuple):
    """One check of one thing, and what came of it."""

    check: str
    of: str
    outcome: str
    code: str

    @property
    def is_against(self) -> bool:
        """Whether nobody may rely on the bundle because of it."""
        may_be_open = self.check in ("POLICY", "COSIGNATURE")
        return self.outcome == INVALID or (self.outcome == UNKNOWN and not may_be_open)


class BrokenError(ValueError):
    """A check did not hold: its code, and the outcome if that is not INVALID."""


def verify(
    raw: bytes, policy: str | None = None, others: Others | None = None
) -> list[Found]:
    """Make every check of a bundle by a policy; return what came of each.

    ``others`` check what else is signed, by algorithm or by kind of note: by a key (as
    it was kept; of a note, its bytes), of a value, over bytes.
    """
    bundle = _Bundle(raw, policy, others or {})
    bundle.check_log()
    bundle.check_inclusion()
    bundle.check_copies()
    for name in ("records", "states"):
        for of, one in bundle.shown(name):
            bundle.check_envelope(of, one)
    bundle.check_decision()
    return bundle.found


class _Bundle:
    def __init__(self, raw: bytes, policy: str | None, others: Others) -> None:
        self.raw, self.trusted, self.others = raw, policy, others
        self.all: Json = {}
        self.rows, self.found = list[Json](), list[Found]()
        self.keys, self.groups, self.quorum = {LOG: list[Json]()}, dict[str, Json](), ""
        self.size, self.root, self.seen = 0, b"", dict[str, bool]()

    @contextmanager
    def check(self, check: str, of: str) -> Iterator[None]:
        outcome, code = VALID, "OK"
        try:
            yield
        except BrokenError as broken:
            code, outcome, *_ = (*broken.args, INVALID)
        except InvalidSignature:
            outcome, code = INVALID, "BAD_SIGNATURE"
        except UnsupportedAlgorithm:
            outcome, code = INVALID, "WRONG_ALGORITHM"
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            outcome, code = INVALID, "MALFORMED"
        self.found.append(Found(check, of, outcome, code))

    def shown(self, name: str) -> list[tuple[str, Json]]:
        shown = self.all.get(name) if isinstance(self.all, dict) else None
        some = shown if isinstance(shown, list) else []
        return [(f"{name}[{place}]", one) for place, one in enumerate(some)]

    def of(self, source: str, **wanted: object) -> list[Json]:
        rows = [one["row"] for one in self.rows if one["source"] == source]
        return [r for r in rows if all(r[name] == v for name, v in wanted.items())]

    def facts(self, form: str) -> list[Json]:
        return [f for f in self.of("logged_facts") if f["body"].get("format") == form]

    def is_of(self, kind: str) -> bool:
        return bool(self.all["subject"]["kind"] == kind)

    def decision(self) -> Json:
        _need(self.is_of("DECISION"), "NO_DECISION", SKIPPED)
        return _only(self.of("decisions", id=int(self.all["subject"]["id"])))

    def judgement(self) -> Json:
        return _only(self.of("judgements", decision=self.decision()["id"]))

    def trace(self) -> Json:
        if self.is_of("CERTIFICATE"):
            found = [fact["body"] for fact in self.facts(TRACE)]
            _need(found or self.all["trace"] is not None, "NO_TRACE", SKIPPED)
            _need(_only(found)["certificate"] == self.all["subject"]["id"], "NOT_ONE")
        else:
            id_, facts = self.decision()["id"], self.facts(TRACE)
            found = [f["body"] for f in facts if f["body"]["decision"] == id_]
            _need(found, "NO_TRACE", UNKNOWN)
        return _only(found)["trace"]

    def policy(self) -> Json:
        wanted, facts = self.trace()["policy"], self.facts(POLICY)
        return _only([f["body"] for f in facts if _digest(f["body"]) == wanted])

    def relied_on(self) -> tuple[Json, Json]:
        """Return the digest of the record that the verdict is of, and the item."""
        if self.is_of("CERTIFICATE"):
            trace = self.trace()
            return trace["record"]["digest"], trace["verdict"]["itemCode"]
        return self.decision()["evidence"], self.decision()["item"]

    def item(self) -> Json:
        _, code = self.relied_on()
        _need(code is not None, "NO_ITEM", SKIPPED)
        return _only([i for i in self.policy()["annex"]["items"] if i["code"] == code])

    def decided_at(self) -> datetime:
        is_open = self.is_of("CERTIFICATE")
        return _moment(LAST if is_open else self.decision()["recorded_at"])

    def sent(self, of: str, one: Json) -> list[datetime] | None:
        """Return when signed bytes came by themselves; None if a decision has them."""
        source, at = "state_changes", "received_at"
        if of.startswith("records"):
            if self.is_of("DECISION"):
                return None
            source, at = "collected_records", "collected_at"
        return [_moment(row[at]) for row in self.of(source, digest=one["digest"])]

    def key_at(self, kid: Json, at: datetime) -> Json:
        known = [fact for fact in self.facts(KEY) if fact["body"]["kid"] == kid]
        then = [fact for fact in known if _moment(fact["at"]) <= at]
        _need(then, "KEY_NOT_KEPT", UNKNOWN)
        return max(then, key=lambda fact: _moment(fact["at"]))["body"]

    def signed(self, of: str, one: Json) -> tuple[Json, bytes, bytes, Json, datetime]:
        """Return header, signature and what it is over; the key as of when; when."""
        _need(one["envelope"] is not None, "ERASED", SKIPPED)
        (form, _, jws), body = _b64(one["envelope"]).partition(b"."), b""
        if form == b"detached":
            length, _, rest = jws.partition(b".")
            jws, body = rest[: int(length)], rest[int(length) :]
        _need(form == (b"detached" if b".." in jws else b"compact"), "BAD_ENVELOPE")
        (header, value, signed), sent = _jws(jws, body), self.sent(of, one)
        kid = header["kid"] if header["kid"] == one["kid"] else None
        at = self.decided_at() if sent is None else _only(sent)
        return header, value, signed, self.key_at(kid, at), at

    def check_log(self) -> None:
        with self.check("FORM", "bundle"):
            text = self.raw.decode()
            self.all = json.loads(text)
            self.rows = [json.loads(one["row"]) for one in self.all["rows"]]
            is_known = self.is_of("DECISION") or self.is_of("CERTIFICATE")
            _need(self.all["format"] == FORMAT and is_known, "UNKNOWN_FORMAT")
            own, *of_rows = (" ".join(sorted(o)) for o in (self.all, *self.all["rows"]))
            _need(own == MEMBERS and {*of_rows} <= {ROW_MEMBERS}, "UNKNOWN_MEMBER")
            _need(JSON.encode(self.all) + "\n" == text, "NOT_CANONICAL")
            rest = {name: one for name, one in self.all.items() if name != "digest"}
            _need(_digest(rest) == self.all["digest"], "DIGEST_DIFFERS")
        with self.check("POLICY", "log"):
            policy = self.all["log"]["policy"] if self.trusted is None else self.trusted
            for line in policy.splitlines():
                match [] if line.lstrip().startswith("#") else line.split():
                    case ["log", key, *_]:
                        self.keys[LOG].append(_verifier_key(key))
                    case ["witness", name, key, *_] if name not in self.keys:
                        self.keys[name] = [_verifier_key(key)]
                    case ["group", name, *members]:
                        self.groups[name] = members
                    case ["quorum", name] if not self.quorum:
                        self.quorum = name
                    case other:
                        _need(not other, "BAD_POLICY")
            _need(self.keys[LOG] and self.quorum, "BAD_POLICY")
            _need(self.trusted is not None, "OF_THE_BUNDLE", UNKNOWN)

    def check_inclusion(self) -> None:
        is_signed = False
        with self.check("INCLUSION", "checkpoint"):
            is_readable = self.read_checkpoint(self.all["log"]["checkpoint"])
            _need(LOG in self.seen or is_readable, "UNSUPPORTED", UNKNOWN)
            _need(LOG in self.seen, "NOT_OF_THE_LOG")
            _need(all(self.seen.values()), "BAD_COSIGNATURE")
            _need(self.is_reached(self.quorum), "NO_QUORUM")
            is_signed = True
            _need(self.quorum != "none", "NO_WITNESSES", VALID)
        for witness in [*self.keys][1:]:
            with self.check("COSIGNATURE", witness):
                _need(witness in self.seen, "NOT_SEEN", SKIPPED)
                _need(self.seen[witness], "BAD_SIGNATURE")
        for of, row in self.shown("rows"):
            with self.check("INCLUSION", of):
                commitments, salt = [*map(_b64, row["commitments"])], _b64(row["salt"])
                is_entry = {*map(len, commitments)} == {HASH} and len(salt) == SALT
                _need(is_entry and len(commitments) <= MOST_ROWS, "BAD_ENTRY")
                place, committed = row["position"], _hash(salt, row["row"].encode())
                _need(type(place) is int and place >= 0, "BAD_ENTRY")
                _need(commitments[place] == committed, "NOT_COMMITTED")
                said = f"{row['kind']}\n{_hash(*commitments).hex()}\n"
                entry = f"certificate-gateway/log@v1\n{said}".encode()
                path, code = [*map(_b64, row["proof"])], "NOT_IN_THE_LOG"
                root = _root_of(entry, row["index"], self.size, path, code)
                _need(root == self.root, code)
                _need(is_signed, "CHECKPOINT_NOT_SIGNED")

    def read_checkpoint(self, note: str) -> bool:
        """Keep whose signatures fit; return whether all could be checked."""
        is_readable, (text, _, below) = True, note.rpartition("\n\n")
        origin, size, root = text.split("\n")
        self.size, self.root = int(size), _b64(root)
        is_size = str(self.size) == size and 0 <= self.size < MOST_LEAVES
        is_whole = len(self.root) == HASH and below.endswith("\n")
        _need(is_size and is_whole, "BAD_CHECKPOINT")
        _need(origin == self.all["log"]["origin"], "OTHER_ORIGIN")
        for line in below[:-1].split("\n"):
            dash, name, encoded = line.split(" ")
            raw = _b64(encoded)
            _need(dash == "\u2014" and len(raw) > ID, "BAD_CHECKPOINT")
            for who, key in [(w, k) for w, keys in self.keys.items() for k in keys]:
                if key[:2] != (name, raw[:ID]) or (who == LOG and name != origin):
                    continue
                fits = self.is_note_of(key, f"{text}\n", raw[ID:])
                is_readable = is_readable and fits is not None
                self.seen |= {} if fits is None else {who: fits}
                _need(fits is not False or who != LOG, "BAD_SIGNATURE")
        return is_readable

    def is_note_of(self, key: Json, text: str, value: bytes) -> bool | None:
        """Return whether a key signed the checkpoint; None if nobody can say here."""
        (name, _, kind, public), message = key, text.encode()
        if kind != ED25519:
            time, value = value[:TIME], value[TIME:]
            message = f"cosignature/v1\ntime {int.from_bytes(time)}\n{text}".encode()
            if kind == ML_DSA:
                both = name.encode(), text.partition("\n")[0].encode()
                who, origin = (bytes([len(one)]) + one for one in both)
                size = bytes(TIME) + self.size.to_bytes(TIME)
                message = b"subtree/v1\n\0" + who + time + origin + size + self.root
        if kind == SM2:
            return (one := self.others.get(SM2)) and one(public, value, message)
        form = {ML_DSA: mldsa.MLDSA44PublicKey}.get(kind, ed25519.Ed25519PublicKey)
        try:
            form.from_public_bytes(public).verify(value, message)
        except (InvalidSignature, UnsupportedAlgorithm) as error:
            return False if isinstance(error, InvalidSignature) else None
        return True

    def is_reached(self, name: str, depth: int = 0) -> bool:
        if name == "none" or name in self.keys:
            return name == "none" or self.seen.get(name, False)
        many, *members = self.groups[name]
        _need(depth < len(self.groups), "BAD_POLICY")
        count = sum(self.is_reached(member, depth + 1) for member in members)
        return 0 < ({"any": 1, "all": len(members)}.get(many) or int(many)) <= count

    def check_copies(self) -> None:
        with self.check("BINDING", "verdict"):
            is_said = self.all["verdict"] is not None
            _need(not (is_said and self.is_of("CERTIFICATE")), "FINDINGS_DIFFER")
            kept, shown = self.judgement(), self.all["verdict"]
            names = ("clause", "outcome", "zh", "en")
            said = [[one[name] for name in names] for one in shown["findings"]]
            _need(said == kept["findings"], "FINDINGS_DIFFER")
            _need(shown["outcome"] == kept["verdict"], "OUTCOME_DIFFERS")
            _need(shown["computedYuan"] == kept["computed_yuan"], "SUM_DIFFERS")
        with self.check("BINDING", "trace"):
            trace = self.trace()
            is_of_v1 = trace["format"] == TRACE
            _need(self.all["trace"] == trace and is_of_v1, "TRACE_DIFFERS")
            if self.is_of("CERTIFICATE"):
                sent = self.of("collected_records")
                newest = max(sent, key=lambda r: (r["signed_at"] or "", r["sequence"]))
                is_as_of = trace["asOf"] == self.all["asOf"] and trace["claim"] is None
                _need(is_as_of and self.policy(), "TRACE_DIFFERS")
                _need(trace["record"]["digest"] == newest["digest"], "OTHER_RECORD")
            else:
                kept, decision = self.judgement(), self.decision()
                verdict, record = trace["verdict"], trace["record"] or {"digest": ""}
                said = [[one["clause"], one["outcome"]] for one in trace["clauses"]]
                figures = self.policy()["figuresDigest"]
                about = trace["claim"]["category"]
                _need(figures == kept["figures_digest"], "POLICY_DIFFERS")
                _need(record["digest"] == decision["evidence"], "OTHER_RECORD")
                _need(said == [one[:2] for one in kept["findings"]], "FINDINGS_DIFFER")
                _need(verdict["outcome"] == kept["verdict"], "OUTCOME_DIFFERS")
                _need(verdict["computedYuan"] == kept["computed_yuan"], "SUM_DIFFERS")
                _need(about == decision["category"], "CATEGORY_DIFFERS")
                _need(verdict["itemCode"] == decision["item"], "ITEM_DIFFERS")
                _need(verdict["level"] == decision["level"], "ITEM_DIFFERS")
        with self.check("BINDING", "keys"):
            known = [{**one["body"], "keptAt": one["at"]} for one in self.facts(KEY)]
            _need(self.all["keys"] == known, "KEYS_DIFFER")
        with self.check("BINDING", "evidence"):
            needed = {one["digest"] for one in self.of("collected_records")}
            if not self.is_of("CERTIFICATE"):
                needed = {self.decision()["evidence"], self.judgement()["status_list"]}
            digests = {one["digest"] for one in self.all["records"]}
            _need(needed - {"", None} == digests, "RECORDS_DIFFER")

    def check_envelope(self, of: str, one: Json) -> None:
        with self.check("BINDING", of):
            digest, envelope = one["digest"], one["envelope"]
            _need(self.sent(of, one) != [], "NOT_LOGGED")
            is_erased = envelope is None and self.of("evidence_erasures", digest=digest)
            _need(not is_erased, "ERASED", SKIPPED)
            _need(envelope is not None, "NOT_SHOWN")
            _need(_hash(_b64(envelope)).hex() == digest, "DIGEST_DIFFERS")
        with self.check("INTEGRITY", of):
            header, value, signed, key, _ = self.signed(of, one)
            _need(header["alg"] == key["algorithm"], "WRONG_ALGORITHM")
            if "batch" in header.get("crit", ()):
                value, signed = _signed_of_batch(header, value, signed)
            is_signed = self.others.get(key["algorithm"], _is_signed)
            _need(is_signed(key, value, signed), "BAD_SIGNATURE")
        with self.check("KEY", of):
            header, _, _, key, at = self.signed(of, one)
            _need(type(header["iat"]) is int, "MALFORMED")
            begin, end = _moment(key["notBefore"]), _moment(key["notAfter"])
            is_signed = begin.timestamp() <= header["iat"] <= end.timestamp()
            _need(is_signed and begin <= at <= end, "OUTSIDE_WINDOW")
            is_active, since = key["state"] == "active", key["stateSince"]
            _need(is_active or (since and at < _moment(since)), "NOT_IN_FORCE")
        with self.check("SCOPE", of):
            (digest, item), (*_, key, _) = self.relied_on(), self.signed(of, one)
            _need(digest == one["digest"] and item is not None, "NO_ITEM", SKIPPED)
            then = self.trace()["attestation"]["scope"]
            judged_by = self.key_at(key["kid"], self.decided_at())
            _need(judged_by["scope"] == then, "SCOPE_DIFFERS")
            _need(item in key["scope"], "OUT_OF_SCOPE")
        with self.check("AUTHORITY", of):
            signer = self.signed(of, one)[3]["institution"]
            _need(self.item()["collectionBody"] == signer, "OTHER_INSTITUTION")

    def check_decision(self) -> None:
        with self.check("AUTHORITY", "decision"):
            leads = self.decision()["authority"]
            _need(self.item()["authority"] == leads, "OTHER_AUTHORITY")
        with self.check("STATUS", "record"):
            changes = self.of("state_changes")
            logged = sorted(one["digest"] for one in changes)
            shown = sorted(one["digest"] for one in self.all["states"])
            _need(logged == shown, "STATES_DIFFER")
            then = self.decided_at()
            sent = [c for c in changes if _moment(c["received_at"]) <= then]
            record = self.trace()["record"] or {"changes": None}
            _need(record["changes"] is not None, "NOT_KNOWN_THEN", SKIPPED)
            found = [[one["state"], one["effective_on"]] for one in sent]
            for one in record["changes"]:
                _need([one["state"], one["effectiveOn"]] in found, "STATES_DIFFER")
                found.remove([one["state"], one["effectiveOn"]])
            # What came between the answer and the record was not taken into account.
            _need(not found, "MORE_WAS_SENT", VALID)
            later = {one["state"] for one in changes if one not in sent}
            _need("REVOKED" not in later, "REVOKED_SINCE", VALID)
        with self.check("RULING", "decision"):
            decision, kept = self.decision(), self.judgement()
            _need(decision["outcome"] != "REFUSED", "REFUSED", SKIPPED)
            ruled = {clause for one in kept["rulings"] for clause in one["clauses"]}
            is_ruled = decision["ruling"] is not None and decision["evidence"] != ""
            for clause, outcome, *_ in kept["findings"]:
                _need(outcome != "UNMET", "UNMET")
                _need(outcome == "MET" or is_ruled or clause in ruled, "NOT_RULED")
            computed, amount = kept["computed_yuan"], decision["amount_yuan"]
            is_amount = computed in (None, amount) or "17-amount" in ruled
            _need(is_amount and amount is not None, "SUM_DIFFERS")


def _jws(jws: bytes, body: bytes = b"") -> tuple[Json, bytes, bytes]:
    head, payload, value = jws.split(b".")
    return json.loads(_b64url(head)), _b64url(value), head + b"." + payload + body


def _is_signed(key: Json, value: bytes, signed: bytes) -> bool:
    _need(key["algorithm"] != "SM2", "UNSUPPORTED", UNKNOWN)
    public: Json = load_der_public_key(_b64(key["publicKey"]))
    match key["algorithm"], public:
        case "EdDSA", ed25519.Ed25519PublicKey():
            public.verify(value, signed)
        case "ES256", ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            halves = (int.from_bytes(half) for half in (value[:HASH], value[HASH:]))
            public.verify(encode_dss_signature(*halves), signed, ec.ECDSA(SHA256()))
            return len(value) == 2 * HASH
        case "PS256", rsa.RSAPublicKey():
            public.verify(value, signed, PSS, SHA256())
        case _:
            raise BrokenError("WRONG_ALGORITHM")
    return True


def _signed_of_batch(header: Json, proof: bytes, leaf: bytes) -> tuple[bytes, bytes]:
    """Return the signature of a root to which ``proof`` leads, and what it is over."""
    end, code = PLACE + 1 + HASH * proof[PLACE], "NOT_IN_THE_BATCH"
    path = [proof[at : at + HASH] for at in range(PLACE + 1, end, HASH)]
    head, value, signed = _jws(proof[end:])
    is_same = all(head[name] == header[name] for name in ("alg", "kid", "iat"))
    is_root = head["typ"] == "certificate-batch+jws" and "crit" not in head
    said, size = json.loads(_b64url(signed.split(b".")[1])), header["batch"]
    root = _root_of(leaf, int.from_bytes(proof[:PLACE]), size, path, code)
    is_said = said["size"] == size and _b64url(said["root"].encode()) == root
    _need(is_same and is_root and is_said, code)
    return value, signed


def _root_of(leaf: bytes, at: int, size: int, path: list[bytes], code: str) -> bytes:
    """Return the root to which a path leads from a leaf (RFC 9162, 2.1.3)."""
    _need(type(at) is int and 0 <= at < size and (size > 1) == bool(path), code)
    if size == 1:
        return _hash(b"\0", leaf)
    *below, sibling = path
    half = 1 << (size - 1).bit_length() - 1
    _need(len(sibling) == HASH, code)
    if at < half:
        return _hash(b"\1", _root_of(leaf, at, half, below, code), sibling)
    return _hash(b"\1", sibling, _root_of(leaf, at - half, size - half, below, code))


def _verifier_key(line: str) -> tuple[str, bytes, bytes, bytes]:
    name, id_, encoded = line.split("+", 2)
    raw = _b64(encoded)
    made = _hash(name.encode(), b"\n", raw)[:ID]
    kinds = [kind for kind in KINDS if raw.startswith(kind)]
    _need(made.hex() == id_ and kinds, "BAD_POLICY")
    return name, made, kinds[0], raw[len(kinds[0]) :]


def _need(is_so: object, code: str, outcome: str = INVALID) -> None:
    if not is_so:
        raise BrokenError(code, outcome)


def _only(found: list[Json]) -> Json:
    _need(len(found) == 1, "NOT_ONE")
    return found[0]


def _hash(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()


def _digest(value: object) -> str:
    return _hash(JSON.encode(value).encode()).hex()


def _b64(text: str) -> bytes:
    raw = b64decode(text, validate=True)
    _need(b64encode(raw).decode() == text, "NOT_CANONICAL")
    return raw


def _b64url(text: bytes) -> bytes:
    raw = b64decode(text + b"=" * (-len(text) % 4), b"-_")
    _need(b64encode(raw, b"-_").rstrip(b"=") == text, "NOT_CANONICAL")
    return raw


def _moment(text: str) -> datetime:
    _need(text.endswith("Z"), "BAD_MOMENT")
    return datetime.fromisoformat(text)


if __name__ == "__main__":
    file, *more = sys.argv[1:]
    own = Path(more[1]).read_text("utf-8") if more[:1] == ["--policy"] else None
    found = verify(Path(file).read_bytes(), own)
    for one in found:
        sys.stdout.write(f"{one.outcome:8}{one.check:13}{one.of:22}{one.code}\n")
    is_refused = any(one.is_against for one in found)
    sys.stdout.write("REFUSED\n" if is_refused else "VERIFIED\n")
    sys.exit(is_refused)
