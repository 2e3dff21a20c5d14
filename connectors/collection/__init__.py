"""Records that an agency sends: judged as they come, answered from later."""
