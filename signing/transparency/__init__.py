"""A log of hashes that nobody changes unseen, and notes that say how long it is."""
