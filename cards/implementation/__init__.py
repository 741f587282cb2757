"""The work: start, tests, cutoff, completion, review."""
