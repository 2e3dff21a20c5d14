"""Changes of certificates' states: taken in, kept at hand, put on every answer."""
