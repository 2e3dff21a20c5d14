"""One module a protocol; a new one is a file here and a row in ``registry``."""
