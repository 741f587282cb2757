"""The data snapshot, and the ways on without one."""
