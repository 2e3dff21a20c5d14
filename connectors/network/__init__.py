"""Where a registered agency may be, and the way to it."""
