"""Who asks: every way a request may name its caller, and what that caller may do."""
