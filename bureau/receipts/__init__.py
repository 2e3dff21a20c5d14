"""Receipts: what a gateway was asked and answered, to be signed and shown later."""
