"""What an examination of level three asks, answered from a configuration."""
