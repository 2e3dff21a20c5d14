"""The other side of the wire: three signing registries to run."""
