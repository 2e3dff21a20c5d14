"""The console at ``/console``: pages for people, answered by the graph."""
