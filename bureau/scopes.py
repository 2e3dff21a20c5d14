"""The scopes that each step of registration and of the ledger needs.

Each step has sets of scopes, of which one has to be had. That an agency acts on its
own connector only is no matter of scopes: ``connectors.registration.rules`` says so.
"""

from collections.abc import Callable
from dataclasses import replace

from bureau.caller import Caller, Scope
from connectors.registration.rules import Actor

Needed = list[list[Scope]]

AGENCY: Needed = [[Scope.REGISTER]]
APPROVER: Needed = [[Scope.APPROVE]]
EITHER: Needed = [[Scope.REGISTER], [Scope.APPROVE]]
SANCTION: Needed = [[Scope.SANCTION]]
READER: Needed = [
    [Scope.REGISTER],
    [Scope.APPROVE],
    [Scope.SANCTION],
    [Scope.AUDIT],
]
OVERSEER: Needed = [[Scope.APPROVE], [Scope.SANCTION], [Scope.AUDIT]]
"""Who may see everybody's connectors."""

STEPS: dict[str, Needed] = {
    "draft_connector": AGENCY,
    "redraft_connector": AGENCY,
    "request_key_challenge": AGENCY,
    "prove_key": AGENCY,
    "submit_connector": AGENCY,
    "check_connector": EITHER,
    "return_connector": EITHER,
    "approve_connector": APPROVER,
    "activate_connector": APPROVER,
    "suspend_connector": APPROVER,
    "resume_connector": APPROVER,
    "retire_connector": EITHER,
    "approve_key": APPROVER,
    "rotate_key": EITHER,
    "retire_key": EITHER,
    "declare_key_compromised": EITHER,
    "issue_warning": SANCTION,
    "order_rectification": SANCTION,
    "propose_sanction": SANCTION,
    "freeze_urgently": SANCTION,
    "confirm_sanction": SANCTION,
    "reject_sanction": SANCTION,
    "impose_sanction": SANCTION,
    "lift_sanction": SANCTION,
    "decide_sanction_proposal": SANCTION,
}
"""By the name of the mutation."""

PAY: Needed = [[Scope.WRITE_PAYMENTS]]
SEE_CORRECTIONS: Needed = [[Scope.WRITE_PAYMENTS], [Scope.AUDIT]]
RECOVER: Needed = [[Scope.RECOVER]]
SEE_RECOVERIES: Needed = [[Scope.RECOVER], [Scope.AUDIT]]
SEE_CLAIMS: Needed = [[Scope.WRITE_PAYMENTS], [Scope.AUDIT]]
SUM_UP: Needed = [[Scope.AUDIT], [Scope.WRITE_PAYMENTS], [Scope.RECOVER]]
EVIDENCE: Needed = [
    [Scope.AUDIT, Scope.READ_IDENTITY],
    [Scope.WRITE_PAYMENTS, Scope.READ_IDENTITY],
]
"""Signed bytes have names and numbers in full; the second, if the holder asks."""
RECONCILE: Needed = [[Scope.AUDIT], [Scope.WRITE_PAYMENTS]]
BUREAU = frozenset({Scope.AUDIT, Scope.WRITE_PAYMENTS, Scope.APPROVE, Scope.SANCTION})
"""Whoever has one of these, and is no agency, works for the bureau or audits it."""


def may(scopes: frozenset[Scope], needed: Needed) -> bool:
    """Say whether ``scopes`` hold one of the sets ``needed``."""
    return any(scopes.issuperset(one) for one in needed)


OFFICER = "officer:"
"""Before an officer's pseudonym, as who takes a step."""


def sanctioner_of(caller: Caller, of_officer: Callable[[str], str]) -> Actor:
    """Return ``caller`` as who takes a step on a sanction.

    Whom its token names, if it does, by a pseudonym: two people are two whichever
    client they ask by, and one person is one by two clients.
    """
    actor = actor_of(caller)
    if caller.subject is None:
        return actor
    return replace(actor, id=f"{OFFICER}{of_officer(caller.subject)}")


def actor_of(caller: Caller) -> Actor:
    """Return ``caller`` as who takes a step of registration."""
    return Actor(caller.id, is_approver=caller.may(Scope.APPROVE))
