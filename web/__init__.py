"""What is read in a browser or a calendar: a change as a document, the feed."""
