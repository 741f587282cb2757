"""The Bot Framework edge: activities in, commands to the core, messages out; the SDK's faults are mended here, once."""
