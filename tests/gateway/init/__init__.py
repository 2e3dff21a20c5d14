"""A gateway that starts from what `gateway init` makes."""
