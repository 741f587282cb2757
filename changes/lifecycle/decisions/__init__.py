"""What stands for the decisions: an agreement of several, and the pre-approval of a template."""
