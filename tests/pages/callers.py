"""Who asks the gateway that the pages' examples are tried on."""

from bureau.caller import Scope
from tests.gateway.privacy.callers import entry

ANYBODY, ANOTHER, UNSTATED = "pages-anybody", "pages-another", "pages-unstated"
"""Bearer tokens, named like their callers: two who may do everything, and one more who
has to say why."""
SCOPES = [scope.value for scope in Scope]
TABLES = "\n".join(
    (
        entry(ANYBODY, *SCOPES),
        entry(ANOTHER, *SCOPES),
        entry(UNSTATED, *SCOPES, purpose=False),
        '[credentials]\nissuer = "https://gateway.example"',
    )
)
