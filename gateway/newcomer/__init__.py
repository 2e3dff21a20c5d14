"""``gateway agency init``: all that an agency needs to be asked for the first time."""
