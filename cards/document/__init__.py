"""A change as a document."""
