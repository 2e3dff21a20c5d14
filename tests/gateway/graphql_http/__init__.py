"""GraphQL over HTTP, and a gateway in production."""
