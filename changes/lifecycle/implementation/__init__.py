"""The work: its start and end, its tests, and trouble on the way."""
