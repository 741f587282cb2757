"""The tasks of a plan in time: when each is due, and whom that calls when."""
