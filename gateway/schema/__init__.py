"""The schema: printed, and compared with an older one."""
