"""What is read over many changes, or of one change and what lies beside it; nothing here writes."""
