"""What agencies send: signed requests, spooled, judged line by line, kept for good."""
