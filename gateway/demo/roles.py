"""Callers of the demo beside the one that reads: one a role, each with a token.

With them payments, registration, recoveries and the audit log can be tried, in
GraphiQL's tabs (``gateway.graphiql.examples``) and by anything else.
"""

import hashlib
import secrets
from collections.abc import Mapping

SCOPES: Mapping[str, tuple[str, ...]] = {
    "payments": ("certificates:read", "identity:read", "payments:write"),
    "registrar": ("connectors:register",),
    "approver": ("connectors:approve", "sanctions:write"),
    "recoveries": ("certificates:read", "recoveries:write"),
    "audit": ("audit:read", "certificates:read", "identity:read"),
}
"""What each role of ``gateway.graphiql.examples`` may do, beside reading the schema."""


def new_tokens() -> Mapping[str, str]:
    """Return a new token for each role."""
    return {role: f"demo-{role}-{secrets.token_urlsafe(18)}" for role in SCOPES}


def callers(tokens: Mapping[str, str], elements: str) -> str:
    """Return what of a configuration lets ``tokens`` in, and gives them to GraphiQL.

    ``elements`` is the table of what each of them states of itself.
    """
    entries = "".join(
        f'\n[[tokens]]\ncaller = "demo-{role}"\n'
        f'sha256 = "{hashlib.sha256(tokens[role].encode()).hexdigest()}"\n'
        f"scopes = {[*scopes, 'schema:read']}\n"
        f'purpose = "SUBSIDY_CLAIM"\ncase_number = "demo"\n{elements}'
        for role, scopes in SCOPES.items()
    )
    shown = "".join(f'{role} = "{token}"\n' for role, token in tokens.items())
    return f"{entries}\n[graphiql_tokens]\n{shown}"
