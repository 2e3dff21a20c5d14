"""Who asks a gateway in production: a stranger to the schema, and a developer."""

from tests.running import TOKEN

STRANGER = "stranger-token"
"""May look people up, and run trusted documents only."""
DEVELOPER = TOKEN
"""Has ``schema:read``: runs any document that is within the limits."""
