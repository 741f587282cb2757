"""The incident: recovery, restore, hand-over."""
