"""The monitoring is told when alarms are expected."""
