"""The settings, a module a group; docs/operating.md is their page."""
