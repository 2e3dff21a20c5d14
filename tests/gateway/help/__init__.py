"""Help of commands, in both languages."""
