"""What every call passes: answer cache, single flight, batches, time and number."""
