"""What makes the bot run without any account: a simulated provider, a movable clock, other people."""
