"""The words of commands' help, in the language of who types."""
