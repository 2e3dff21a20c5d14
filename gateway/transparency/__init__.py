"""The log of hashes at work: what is appended, published, and cosigned by witnesses."""
