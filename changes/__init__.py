"""The process itself, as pure functions: no I/O, no clock, no randomness, standard library only."""
