"""What is paid, what is claimed back, and the sums of both, in the graph."""
