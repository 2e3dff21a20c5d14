"""Evidence bundles: made, shown, checked and forged."""
