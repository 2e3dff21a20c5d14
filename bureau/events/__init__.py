"""Events: what happened to certificates, connectors and sanctions, in their order."""
