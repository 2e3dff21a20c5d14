"""The ways in which a sandbox agency can be made to misbehave, by name.

A fault is set for the whole agency (``--fault`` or ``POST /sandbox/fault``), or is
part of one story person's record. Everything not named by the fault stays honest:
an ``oversize`` answer is correctly signed, a ``tampered`` one has a fresh and true
signature of what it was before.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType


class Fault(StrEnum):
    """One way to misbehave."""

    SLOW = "slow"
    SILENT = "silent"
    ERROR_500 = "error-500"
    REFUSED_403 = "refused-403"
    CUT_BODY = "cut-body"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    OVERSIZE = "oversize"
    TAMPERED = "tampered"
    WRONG_KEY = "wrong-key"
    FORGED_KEY = "forged-key"
    OTHER_AGENCY_KEY = "other-agency-key"
    REPLAYED = "replayed"
    OLD_NONCE = "old-nonce"
    CLOCK_OFF = "clock-off"
    UNSIGNED_ABSENCE = "unsigned-absence"
    WRONG_HOLDER = "wrong-holder"
    WITHHELD = "withheld"
    REPLAY = "replay"
    UNBOUND = "unbound"
    OTHER_AUDIENCE = "other-audience"
    WRONG_SIGNER_ID = "wrong-signer-id"


REPLAY_AGE = timedelta(days=40)
CLOCK_ERROR = timedelta(hours=1)
SLOW_SECONDS = 5.0
"""How late a slow answer is, unless the fault is set with ``seconds``."""
OVERSIZE_BYTES = 16 * 1024 * 1024

FAULTS: Mapping[Fault, str] = MappingProxyType(
    {
        Fault.SLOW: "answers correctly, but seconds late (5 unless stated)",
        Fault.SILENT: "accepts the connection and never answers",
        Fault.ERROR_500: "answers every query with HTTP 500",
        Fault.REFUSED_403: "answers every query with HTTP 403",
        Fault.CUT_BODY: "closes the connection after half of the announced body",
        Fault.WRONG_CONTENT_TYPE: "sends the right bytes as text/html",
        Fault.OVERSIZE: "pads the answer with white space to 16 MiB, correctly signed",
        Fault.TAMPERED: "changes records and absences after signing them",
        Fault.WRONG_KEY: "signs with a key that the trust bundle does not have",
        Fault.FORGED_KEY: "signs with that key under the agency's own key id",
        Fault.OTHER_AGENCY_KEY: "signs with another agency's valid key",
        Fault.REPLAYED: "sends what was signed 40 days ago, over the nonce of then",
        Fault.OLD_NONCE: "signs afresh, but over another nonce than the one asked; "
        "only fire-rescue has a nonce, and whoever binds (--binds)",
        Fault.CLOCK_OFF: "signs with a clock that is an hour ahead",
        Fault.UNSIGNED_ABSENCE: "says without a signature that a person holds nothing; "
        "fire-rescue leaves the person out of its answer",
        Fault.WRONG_HOLDER: "answers with another person's records, correctly signed",
        Fault.WITHHELD: "leaves all but one of a person's records out, after signing; "
        "fire-rescue signs the list, so nothing can be left out of it",
        Fault.REPLAY: "binds each answer to the question before it (with --binds)",
        Fault.UNBOUND: "signs nothing of the question (with --binds)",
        Fault.OTHER_AUDIENCE: "binds its answers for another gateway (with --binds)",
        Fault.WRONG_SIGNER_ID: "signs under another signer id than the trust bundle "
        "has; only keys of SM2 have one (``prepare --sm2``)",
    }
)
