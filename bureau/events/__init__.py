"""Events: what happened to certificates and connectors, in their order."""
