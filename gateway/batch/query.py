"""The document by which claims are verified, for whoever has many of them."""

QUERY = """\
query VerifyClaims($claims: [StatedCertificateInput!]!, $language: Language! = ZH) {
  verifyClaims(claims: $claims) {
    ... on CheckedClaims {
      nodes {
        __typename
        ... on ClaimCheck {
          outcome
          standing
          reason(language: $language)
          fields { field outcome }
          sources { agency outcome }
        }
        ... on RefusedClaim { problem message(language: $language) }
      }
    }
    ... on InvalidList { found allowed }
  }
}
"""
"""Trusted from the start (``gateway/trusted-documents.json``)."""
