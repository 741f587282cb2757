"""Who is looking: by Teams' sign-in, by a link of their own, or in local mode by their word."""
