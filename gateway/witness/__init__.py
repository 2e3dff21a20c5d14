"""``gateway witness``: sees a log grow, says so by its signature, and keeps forks."""
