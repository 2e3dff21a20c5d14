"""Anything at all, sent to a gateway as the demo has it."""
