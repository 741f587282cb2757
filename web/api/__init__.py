"""The API for other programs: what pipelines, monitoring systems and scripts ask, and how they request a change."""
