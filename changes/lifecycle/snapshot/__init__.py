"""The data snapshot before the work: asked for, and how it gets on."""
