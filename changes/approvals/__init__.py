"""Who has to decide about a change, how many of them, and in which order."""
