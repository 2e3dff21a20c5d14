"""Questions to three agencies at once, by one gateway and by two."""
