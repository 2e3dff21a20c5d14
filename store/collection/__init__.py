"""The records that agencies sent, and the numbers they were sent under."""
