"""The gateway's database: what it must remember beyond one process."""
