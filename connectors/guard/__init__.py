"""Guard every call: answer cache, single flight, batches, time and number."""
