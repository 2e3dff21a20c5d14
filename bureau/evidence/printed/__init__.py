"""The extract of a bundle that is printed for a holder."""
