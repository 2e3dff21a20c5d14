"""Which scopes paying, claiming back and summing up need."""

from resolvers.caller import Scope

PAY = [[Scope.WRITE_PAYMENTS]]
STEP = [[Scope.RECOVER]]
SEE_RECOVERIES = [[Scope.RECOVER], [Scope.AUDIT]]
SUM_UP = [[Scope.AUDIT], [Scope.WRITE_PAYMENTS], [Scope.RECOVER]]
BUREAU = frozenset({Scope.AUDIT, Scope.WRITE_PAYMENTS, Scope.APPROVE, Scope.SANCTION})
"""Whoever has one of these, and is no agency, works for the bureau or audits it."""
