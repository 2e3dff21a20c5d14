"""Callers of a gateway that differ in what they may see and must state."""

import hashlib
from collections.abc import Mapping

from tests.running import Agencies

UNSTATED, MASKED, AUDITOR, TRYING = "unstated", "masked", "auditor", "trying"
"""Bearer tokens, named like their callers: without a purpose of its own, without
identity:read, with audit:read alone, and one that tries numbers."""
TRYING_IDS = "trying-ids"
WARNED = "warned"
"""With a budget of five."""
SPARING = tuple(f"sparing-{number}" for number in range(28))
"""Callers with a budget of three people a day, each used by one test."""

OF_PUDONG, OF_XUHUI = "of-pudong", "of-xuhui"
"""Bearer tokens of one caller, each for a district, with three people a day each."""

PURPOSE = {"X-Purpose": "COMPLAINT", "X-Case-Number": "12345-7"}


def entry(caller: str, *scopes: str, purpose: bool = True) -> str:
    """Return a caller's entry in the configuration; its token is its name."""
    digest = hashlib.sha256(caller.encode()).hexdigest()
    lines = [
        "[[tokens]]",
        f'caller = "{caller}"',
        f'sha256 = "{digest}"',
        f"scopes = [{', '.join(map(repr, scopes))}]",
    ]
    if purpose:
        lines += ['purpose = "SUPERVISION_AND_AUDIT"', f'case_number = "{caller}-1"']
    return "\n".join(lines)


READ, IDENTITY = "certificates:read", "identity:read"
TABLES = "\n".join(
    (
        entry(UNSTATED, READ, IDENTITY, purpose=False),
        entry(MASKED, READ),
        entry(TRYING, READ),
        entry(TRYING_IDS, READ),
        entry(WARNED, READ),
        entry(AUDITOR, "audit:read", purpose=False),
        *(entry(caller, READ, IDENTITY) for caller in SPARING),
        entry(OF_PUDONG, READ, IDENTITY).replace('"of-pudong"', '"of-two"', 1),
        'districts = ["310115"]',
        entry(OF_XUHUI, READ, IDENTITY).replace('"of-xuhui"', '"of-two"', 1),
        'districts = ["310104"]',
        "[privacy.people_a_day_of]",
        "of-two = 3",
        f"{WARNED} = 5",
        *(f"{caller} = 3" for caller in SPARING),
    )
)


def asked(agencies: Agencies) -> Mapping[str, int]:
    """Return how often each agency was asked since the last reset."""
    return {id_: agencies.calls(id_)["calls"] for id_ in agencies.urls}
