"""What other programs are given: tokens, and what the gate looks at."""
