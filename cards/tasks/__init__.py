"""The tasks of a plan: as text, what the open ones hold, and the runbook of the day."""
