"""Which questions took long, and what of it."""
