"""The checks an envelope passes, one function each.

A function returns what it established, or raises ``SigningError``. None of them
knows the order: ``envelope.verify`` runs them until one refuses, ``report.examine``
runs all that can be run. What a check needs of an earlier one is a parameter.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from signing import base64url, strict_json
from signing.errors import Check, Refusal, SigningError
from signing.trust import KeyState, TrustBundle, TrustedKey

MAX_SIGNATURE_BYTES = 64 * 1024
"""A compact JWS; a record of the annex has about one thousand bytes."""

MAX_DETACHED_SIGNATURE_BYTES = 4 * 1024
"""A detached JWS: a header and one signature; RSA-8192 needs 1,366 characters."""

MAX_BODY_BYTES = 4 * 1024 * 1024
"""A signed response body; one hundred holders need about 0.3 MiB."""

DOTS = 2
"""Between the three parts of a JWS in its compact serialization."""

KEY_MEMBERS = frozenset(
    {"jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "x5t#o", "sigX5ts"}
)
"""Header members that carry a key, say where one is, or name one a second time."""

_LAST_SECOND = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
_LONGEST_QUOTE = 64

Header = dict[str, Any]


class Parts(NamedTuple):
    """An envelope taken apart; nothing of it is believed."""

    header: bytes
    payload: bytes
    signature: bytes
    signed: bytes  # what the signature must cover


def size(signature: bytes, body: bytes | None) -> None:
    """Refuse what is larger than any honest envelope, before looking at it."""
    if body is None:
        _limit("JWS", signature, MAX_SIGNATURE_BYTES)
    else:
        _limit("JWS", signature, MAX_DETACHED_SIGNATURE_BYTES)
        _limit("body", body, MAX_BODY_BYTES)


def _limit(what: str, value: bytes, most: int) -> None:
    if len(value) > most:
        raise SigningError(
            Check.SIZE,
            Refusal.OVERSIZE,
            f"the {what} has {len(value)} bytes, at most {most} allowed",
        )


def form(signature: bytes, body: bytes | None) -> Parts:
    """Take the JWS apart; a body makes it a detached one (RFC 7797 section 5)."""
    dots = signature.count(b".")
    if dots != DOTS:
        refusal = Refusal.MALFORMED if dots < DOTS else Refusal.TRAILING_BYTES
        raise SigningError(Check.FORM, refusal, f"{dots + 1} parts, 3 expected")
    signed, _, signature_part = signature.rpartition(b".")
    header_part, _, payload_part = signed.partition(b".")
    if signature_part.rstrip() != signature_part:
        raise SigningError(
            Check.FORM, Refusal.TRAILING_BYTES, "white space follows the signature"
        )
    header = base64url.decode(header_part, "header")
    signature_bytes = base64url.decode(signature_part, "signature")
    if body is None:
        payload = base64url.decode(payload_part, "payload")
        return Parts(header, payload, signature_bytes, signed)
    if payload_part:
        raise SigningError(
            Check.FORM,
            Refusal.PAYLOAD_NOT_DETACHED,
            f"the middle part has {len(payload_part)} bytes beside a body, 0 allowed",
        )
    return Parts(header, body, signature_bytes, signed + body)


def header(parts: Parts) -> Header:
    """Read the protected header as strict JSON."""
    members = strict_json.read(parts.header, Check.HEADER)
    if not isinstance(members, dict):
        raise SigningError(
            Check.HEADER, Refusal.NOT_AN_OBJECT, "the header is no JSON object"
        )
    return members


def key_source(header: Header) -> None:
    """Refuse a header that brings or names a key by another way than ``kid``."""
    if not KEY_MEMBERS.isdisjoint(header):
        named = ", ".join(sorted(KEY_MEMBERS.intersection(header)))
        raise SigningError(
            Check.KEY_SOURCE,
            Refusal.KEY_IN_HEADER,
            f"the header has {named}; keys come from the trust bundle by kid only",
        )


def critical(header: Header, body: bytes | None) -> None:
    """Require the extensions of the form: ``b64`` if detached, ``batch`` if not."""
    if body is None and "b64" in header:
        raise SigningError(
            Check.CRITICAL,
            Refusal.B64_IN_COMPACT,
            "b64 belongs to the detached form only",
        )
    if "crit" in header:
        _refuse_unknown_crit(header["crit"], ("batch",) if body is None else ("b64",))
    if body is None:
        if "crit" in header and type(header.get("batch")) is not int:
            raise SigningError(
                Check.CRITICAL,
                Refusal.MALFORMED_CRIT,
                "crit names batch, which is no number of records",
            )
        return
    if header.get("b64") is not False:
        raise SigningError(
            Check.CRITICAL,
            Refusal.B64_NOT_FALSE,
            "b64 is not false, so the body would not be covered as it came",
        )
    if "crit" not in header:
        raise SigningError(
            Check.CRITICAL, Refusal.B64_NOT_CRITICAL, "crit does not name b64"
        )


def _refuse_unknown_crit(crit: object, understood: Collection[str]) -> None:
    """RFC 7515 section 4.1.11: a list of names, not empty, each once, all known."""
    if (
        not isinstance(crit, list)
        or not crit
        or not all(isinstance(name, str) for name in crit)
        or len(set(crit)) != len(crit)
    ):
        raise SigningError(
            Check.CRITICAL,
            Refusal.MALFORMED_CRIT,
            "crit is not a list of different names",
        )
    unknown = [name for name in crit if name not in understood]
    if unknown:
        raise SigningError(
            Check.CRITICAL,
            Refusal.UNKNOWN_CRIT,
            f"crit names {_quote(unknown[0])}, which is not understood here",
        )


def payload_type(header: Header, types: Collection[str]) -> str:
    """Return ``typ``, one of ``types``: a record cannot pass as an absence."""
    typ = header.get("typ")
    if not isinstance(typ, str) or typ not in types:
        raise SigningError(
            Check.TYPE,
            Refusal.WRONG_TYPE,
            f"typ is {_quote(typ)}, one of {', '.join(sorted(types))} allowed",
        )
    return typ


def signing_time(header: Header) -> datetime:
    """Return ``iat``, the moment the signer says it signed at."""
    iat = header.get("iat")
    # A boolean is an integer to Python, not to JSON.
    if type(iat) is not int or not 0 <= iat <= _LAST_SECOND:
        raise SigningError(
            Check.SIGNING_TIME,
            Refusal.NO_SIGNING_TIME,
            "iat is missing or no whole number of seconds in the calendar",
        )
    return datetime.fromtimestamp(iat, UTC)


def known_key(header: Header, bundle: TrustBundle) -> TrustedKey:
    """Return the key that ``kid`` names."""
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise SigningError(
            Check.KEY, Refusal.NO_KEY_ID, "kid is missing or not a string"
        )
    key = bundle.keys.get(kid)
    if key is None:
        raise SigningError(
            Check.KEY,
            Refusal.UNKNOWN_KEY,
            f"no key of the trust bundle has the kid {_quote(kid)}",
        )
    return key


def algorithm(header: Header, key: TrustedKey) -> None:
    """Require that ``alg`` is what the key is for; the key alone decides."""
    alg = header.get("alg")
    if alg == key.algorithm:
        return
    if isinstance(alg, str) and alg.lower() == "none":
        refusal = Refusal.ALGORITHM_NONE
    elif isinstance(alg, str) and alg.upper() in {"HS256", "HS384", "HS512"}:
        refusal = Refusal.ALGORITHM_HMAC
    else:
        refusal = Refusal.WRONG_ALGORITHM
    raise SigningError(
        Check.ALGORITHM,
        refusal,
        f"alg is {_quote(alg)}, the key is for {key.algorithm}",
        key.kid,
    )


def signature(parts: Parts, key: TrustedKey) -> None:
    """Require that the key signed exactly the bytes that came."""
    if not key.signature_check(parts.signature, parts.signed):
        raise SigningError(
            Check.SIGNATURE,
            Refusal.BAD_SIGNATURE,
            f"{len(parts.signature)} bytes that are no {key.algorithm} signature "
            "of this header and payload by this key"
            f"{key.why_not(parts.signature, parts.signed)}",
            key.kid,
        )


def key_state(key: TrustedKey, at: datetime) -> None:
    """Require that the operator had the key in force at ``at``.

    What was collected before a key was retired or declared compromised stays proved;
    ``at`` is when it was collected, which the signer does not decide.
    """
    if key.state is KeyState.ACTIVE:
        return
    since = key.state_since
    if since is None or at >= since:
        raise SigningError(
            Check.STATE,
            Refusal.KEY_NOT_IN_FORCE,
            f"the key is {key.state}{_since(since)}, only {KeyState.ACTIVE} keys are "
            "in force",
            key.kid,
        )


def _since(moment: datetime | None) -> str:
    return "" if moment is None else f" since {moment.isoformat()}"


def key_window(key: TrustedKey, signed_at: datetime, at: datetime) -> None:
    """Require both moments in the key's window.

    ``signed_at`` alone would not do: it is the signer's own word, and whoever finds
    an old key can write any date.
    """
    if (
        key.not_before <= signed_at <= key.not_after
        and key.not_before <= at <= key.not_after
    ):
        return
    for what, moment in (("signed", signed_at), ("asked", at)):
        if not key.not_before <= moment <= key.not_after:
            raise SigningError(
                Check.WINDOW,
                Refusal.KEY_OUTSIDE_WINDOW,
                f"{what} at {moment.isoformat()}, the key is in force from "
                f"{key.not_before.isoformat()} to {key.not_after.isoformat()}",
                key.kid,
            )


def freshness(
    signed_at: datetime,
    at: datetime,
    max_age: timedelta,
    skew: timedelta,
    key_id: str | None = None,
) -> None:
    """Require a signature neither older than ``max_age`` nor from the future."""
    age = at - signed_at
    if age > max_age:
        raise SigningError(
            Check.FRESHNESS,
            Refusal.STALE,
            f"signed {age} before the question, at most {max_age} allowed",
            key_id,
        )
    if -age > skew:
        raise SigningError(
            Check.FRESHNESS,
            Refusal.SIGNED_IN_FUTURE,
            f"signed {-age} after the question, at most {skew} allowed; "
            "compare the clocks",
            key_id,
        )


def scope(key: TrustedKey, item_code: str) -> None:
    """Require that the key may attest the annex item."""
    if item_code not in key.scope:
        raise SigningError(
            Check.SCOPE,
            Refusal.OUT_OF_SCOPE,
            f"item {_quote(item_code)} is not among those the key may attest: "
            f"{', '.join(sorted(key.scope))}",
            key.kid,
        )


def _quote(value: object) -> str:
    """Return an untrusted value in ASCII, shortened, fit for a log line."""
    text = ascii(value)
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "..."
