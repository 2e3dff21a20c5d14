"""The log of hashes in the database: queued, appended, proved, checked."""
