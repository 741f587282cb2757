"""What the approver sees: pre-check, GO / NO-GO, what changed since."""
