"""How an agency joins, and a desk where one is drafted."""
