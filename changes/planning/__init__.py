"""When things happen and whether they can: the timeline, working days, conflicts, forecasts."""
