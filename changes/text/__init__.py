"""Sentences with their facts, labels of times, and what people type as it comes in."""
