"""Tests; a folder that is a package shares what its last test ends."""
