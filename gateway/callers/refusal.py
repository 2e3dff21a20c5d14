"""Reasons to refuse credentials, a closed set for metrics, and words for the client."""

from enum import StrEnum


class Reason(StrEnum):
    """A reason to refuse credentials."""

    NO_CREDENTIALS = "no_credentials"
    WRONG_SCHEME = "wrong_scheme"
    SEVERAL_CREDENTIALS = "several_credentials"
    TOO_LONG = "too_long"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a reason, no token
    MALFORMED = "malformed"
    ENCRYPTED = "encrypted"
    KEY_IN_HEADER = "key_in_header"
    CRITICAL_HEADER = "critical_header"
    WRONG_TYPE = "wrong_type"
    WRONG_ALGORITHM = "wrong_algorithm"
    UNKNOWN_ISSUER = "unknown_issuer"
    UNKNOWN_KEY = "unknown_key"
    KEYS_UNAVAILABLE = "keys_unavailable"
    KEY_NOT_IN_FORCE = "key_not_in_force"
    BAD_SIGNATURE = "bad_signature"
    MISSING_CLAIM = "missing_claim"
    WRONG_AUDIENCE = "wrong_audience"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    TOO_LONG_LIVED = "too_long_lived"
    REPLAYED = "replayed"
    REPLAYS_UNKNOWN = "replays_unknown"
    UNKNOWN_AGENCY = "unknown_agency"
    ACCOUNT_NOT_ACTIVE = "account_not_active"
    UNKNOWN_BINDING = "unknown_binding"
    CERTIFICATE_NEEDED = "certificate_needed"
    WRONG_CERTIFICATE = "wrong_certificate"
    UNKNOWN_CERTIFICATE = "unknown_certificate"
    MALFORMED_CERTIFICATE = "malformed_certificate"
    UNKNOWN_ROUTER = "unknown_router"


WORDS = {
    Reason.NO_CREDENTIALS: "send an Authorization header with a bearer token",
    Reason.WRONG_SCHEME: "the Authorization header is of another scheme than Bearer",
    Reason.SEVERAL_CREDENTIALS: "send one Authorization header, not several",
    Reason.TOO_LONG: "the bearer token is longer than any that is accepted",
    Reason.UNKNOWN_TOKEN: (
        "the bearer token is not known; check it, or ask the operator for one"
    ),
    Reason.MALFORMED: "the token is no JWT that can be read in one way only",
    Reason.ENCRYPTED: "the token is encrypted; send a signed one (JWS)",
    Reason.KEY_IN_HEADER: "the token's header brings or names a key of its own",
    Reason.CRITICAL_HEADER: "the token's header has crit or b64",
    Reason.WRONG_TYPE: "the token's typ is not at+jwt or client-authentication+jwt",
    Reason.WRONG_ALGORITHM: "the token's alg is not allowed for its issuer and key",
    Reason.UNKNOWN_ISSUER: "the token's iss is no issuer of the configuration",
    Reason.UNKNOWN_KEY: "the token's kid is no key of its issuer",
    Reason.KEYS_UNAVAILABLE: "the issuer's keys cannot be had now; try again later",
    Reason.KEY_NOT_IN_FORCE: "the token's key is not in force",
    Reason.BAD_SIGNATURE: "the token's signature does not fit",
    Reason.MISSING_CLAIM: "the token lacks a claim, or one is of the wrong type",
    Reason.WRONG_AUDIENCE: "the token's aud is not this gateway",
    Reason.EXPIRED: "the token has expired; get a new one",
    Reason.NOT_YET_VALID: "the token is from the future; compare the clocks",
    Reason.TOO_LONG_LIVED: "the token lives longer than 5 minutes; make a shorter one",
    Reason.REPLAYED: "the token was used before, and may be used once",
    Reason.REPLAYS_UNKNOWN: "whether the token was used cannot be known now; try later",
    Reason.UNKNOWN_AGENCY: "the token's iss and sub are not one registered agency",
    Reason.ACCOUNT_NOT_ACTIVE: "the agency's account is not active",
    Reason.UNKNOWN_BINDING: "the token's cnf is of a kind that cannot be checked here",
    Reason.CERTIFICATE_NEEDED: "the token is bound to a client certificate; send it",
    Reason.WRONG_CERTIFICATE: "the token is bound to another client certificate",
    Reason.UNKNOWN_CERTIFICATE: "the client certificate is nobody's; send a token",
    Reason.MALFORMED_CERTIFICATE: "the Client-Cert header is no certificate (RFC 9440)",
    Reason.UNKNOWN_ROUTER: "the X-Router-Token header is no router's that is known",
}
"""The words for the client; never a part of what it sent."""


class AuthenticationError(Exception):
    """The request names no caller we know."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(WORDS[reason])
        self.reason = reason
