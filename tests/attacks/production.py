"""Who asks a gateway in production: a stranger to the schema, and a developer."""

from tests.running import TOKEN

STRANGER = "stranger-token"
"""May look people up, and run trusted documents only."""
DEVELOPER = TOKEN
"""Has ``schema:read``: runs any document that is within the limits."""

TYPED = """query Typed($idNumber: String!, $idType: IdType) {
  holder(idNumber: $idNumber, idType: $idType) { __typename } }"""
BATCH = """query Batch($people: [PersonInput!]!) {
  holders(people: $people) { __typename } }"""
SCHEMA = "query Schema { _service { sdl } }"
TRUSTED = (TYPED, BATCH, SCHEMA)
"""Documents of the operator's manifest."""
