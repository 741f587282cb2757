"""Recurring changes: their days, and what becomes of each (docs/process.md, P140 to P144)."""
