"""Plays a change's whole timeline for one person, on a stage of its own, where nothing real is touched."""
