"""Callers of the console's stories, one a role, with tokens named after them."""

import hashlib

ISSUER_NAME = "bureau"
ROLES = {
    "district": ("certificates:read", "identity:read", "payments:write"),
    "reader": ("certificates:read",),
    "nobody": (),
    "registrar": ("connectors:register",),
    "approver": ("connectors:approve", "sanctions:write"),
    "auditor": ("audit:read", "certificates:read", "identity:read"),
    "recovery": ("recoveries:write", "certificates:read"),
    "bureau": ("recoveries:write", "audit:read", "certificates:read"),
}


def token_of(role: str) -> str:
    """Return the token of who has a role."""
    return f"token-of-{role}"


def roles_and_console(issuer: str) -> str:
    """Return what of a configuration gives everybody a token, and opens the console.

    ``issuer`` is where others sign in.
    """
    entries = "".join(
        f'\n[[tokens]]\ncaller = "{role}"\nscopes = {[*scopes]!r}\n'
        f'sha256 = "{hashlib.sha256(token_of(role).encode()).hexdigest()}"\n'
        for role, scopes in ROLES.items()
    )
    trusted = (
        f'\n[[issuers]]\nname = "{ISSUER_NAME}"\nissuer = "{issuer}"\n'
        f'audience = "gateway"\nalgorithms = ["ES256"]\njwks_url = "{issuer}/jwks"\n'
        'scopes = ["certificates:read"]\nconsole_client_id = "console"\n'
    )
    return f"{entries}{trusted}\n[console]\nenabled = true\n"
