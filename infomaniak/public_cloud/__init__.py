"""Snapshots of a data volume in Infomaniak's Public Cloud, which is OpenStack."""
