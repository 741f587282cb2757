"""The plan: drafted, handed in, edited, given to others, or given up."""
