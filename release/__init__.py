"""Makes a release of what is committed: its notes, the Teams app package, the image, the tag."""
