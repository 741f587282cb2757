"""The days of a recurring change: its rule, which dateutil reads."""
