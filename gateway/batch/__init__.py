"""``gateway check``: a night's claims, verified by a running gateway row by row."""
