"""Carries out what the core wants to be said: cards, lines, notices, in threads and in person."""
