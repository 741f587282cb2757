"""Measurements against peers, on the machine they run on. They print figures and assert nothing."""
