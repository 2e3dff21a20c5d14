"""What keeps an agency from answering, and agencies that something is wrong with."""
