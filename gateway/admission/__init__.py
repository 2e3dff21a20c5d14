"""Whether a request begins, waits for a moment, or is told to come again."""
