"""The sandbox agencies, and three of them that run."""
