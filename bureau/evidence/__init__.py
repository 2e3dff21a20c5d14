"""Evidence that an auditor checks without us: what is kept for it, and the bundle."""
