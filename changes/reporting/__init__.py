"""Metrics, statistics and the worklist: changes in numbers, and what waits for whom."""
