"""Who is told of a change, and what they were told."""
