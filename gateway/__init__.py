"""Assembly: settings, wiring, the ASGI application and the command line."""
