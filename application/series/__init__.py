"""Recurring changes: what is drafted when, and what people may do with them."""
