"""Collect what agencies send: requests verified, spooled, judged line by line, kept."""
