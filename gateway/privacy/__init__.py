"""Personal data at the edge: keys, options, retention, and reports to operators."""
