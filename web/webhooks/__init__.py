"""Events for other programs, signed as Standard Webhooks says."""
