"""One activity from its arrival to its answer, in one transaction."""
