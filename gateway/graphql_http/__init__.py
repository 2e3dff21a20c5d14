"""GraphQL over HTTP: how a question comes in and an answer goes out.

https://graphql.github.io/graphql-over-http/draft/, held by ``tests/http_audit``.
"""
