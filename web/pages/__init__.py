"""The calendar, the changes and what waits for whom, as pages. They only read: what is decided is decided in Teams."""
