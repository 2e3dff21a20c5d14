"""What an examination of level three asks of an application, and what runs here."""
