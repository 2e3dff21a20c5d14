"""Registration in the graph: who may take which step, and what comes of it."""
