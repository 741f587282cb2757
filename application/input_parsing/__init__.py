"""Values as people type them: dates, times, durations, day ranges and windows, in English, French and German.

Each kind has one reader, whoever hands the text in: a question of the dialog, a typed command or the form. What a
device sends for an input of a card is another thing, with readers of its own (`device`). docs/input.md is the table
of what is accepted and refused.
"""
