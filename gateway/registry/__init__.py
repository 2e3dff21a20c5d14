"""The agencies in force: kept live, counted, and their keys' ends watched."""
