"""What is done when it takes much longer than acceptable."""
