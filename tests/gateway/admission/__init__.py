"""What happens to requests while there are more than can be answered."""
