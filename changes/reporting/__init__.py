"""What changes were in numbers, and what waits for whom."""
