"""Calls to Teams: each made once, paced, and without what Teams refuses."""
