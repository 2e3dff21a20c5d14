"""What the log of hashes commits to, and what may be asked of it."""
