"""What people type: read, and carried out by one handler each."""
