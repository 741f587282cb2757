"""Snapshots of a VPS through Infomaniak's REST API, driven by configuration: its snapshot paths are not published."""
