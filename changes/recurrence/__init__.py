"""Recurring changes: their days, and what becomes of each (docs/process.md, P104 to P108)."""
