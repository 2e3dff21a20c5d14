"""Every code block of the pages is run, or it is said why it cannot be."""
