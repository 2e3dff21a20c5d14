"""What an agency starts from, and whether it is believed."""
