"""The installer's check: `python app.py check` looks at everything from outside, also at the public address."""
