"""The query every client knows, letter for letter."""

HOLDER_CHECK = """
query HolderCheck($idNumber: String!) { holder(idNumber: $idNumber) {
  certificates { nodes { number title category item level issuedOn validUntil state authority { name }
    provenance { verdict keyId algorithm signedAt } eligibility { outcome findings { clause outcome reason } } } }
  sources { authority { name } outcome } } }
"""  # noqa: E501 - as published

SOURCES = """
query Sources($idNumber: String!) { holder(idNumber: $idNumber) {
  certificates { totalCount nodes { itemCode } }
  sources { agency outcome reason(language: EN) latencyMilliseconds cacheAgeSeconds
    attempts retrievedAt refusals { code reason keyId digest } } } }
"""

ELIGIBILITY = """
query($idNumber: String!, $itemCode: String!, $level: Level!, $name: String) {
  holder(idNumber: $idNumber, name: $name) { ... on Holder {
    eligibility(itemCode: $itemCode, level: $level) {
      outcome findings { clause outcome reason(language: EN) } } } } }
"""

CLAUSES = ["219-1a", "219-1b", "219-n2", "219-2a", "219-2b", "219-3b", "219-2c"]
EMERGENCY, TRANSPORT, FIRE = "emergency-management", "transport", "fire-rescue"
