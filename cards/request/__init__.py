"""Before a change is submitted: the form, its answers, the summary."""
