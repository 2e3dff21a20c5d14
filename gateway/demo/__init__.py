"""gateway demo: three sandbox agencies and a gateway."""
