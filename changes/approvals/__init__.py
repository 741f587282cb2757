"""What a change puts at risk, and who has to decide about it."""
