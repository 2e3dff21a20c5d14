"""Changes of state, and the events that are made of them."""
