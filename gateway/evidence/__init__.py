"""Evidence bundles at the command line, and the programs that check them alone."""
