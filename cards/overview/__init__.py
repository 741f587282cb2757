"""Changes seen from outside: one, many, their history and their numbers."""
