"""What a user waits for, measured against what a user would pick instead."""
