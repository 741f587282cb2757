"""What keeps one from taking everything: a pace for messages, a deadline for work, places for those who look."""
