"""What a witness has seen of logs: a database of its own, beside no gateway's."""
