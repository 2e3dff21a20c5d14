"""GraphiQL in a browser: its page, and the examples that it opens with."""
