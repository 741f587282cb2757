"""Snapshot backends: how the bot reaches the servers, behind the port of `changes.snapshots`."""
