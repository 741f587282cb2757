"""Words that people type instead of numbers, as `normalized` spells them: never shown, so never translated."""

FROM_TODAY = {
    **dict.fromkeys(("today", "aujourd'hui", "aujourdhui", "heute"), 0),
    **dict.fromkeys(("tomorrow", "demain", "morgen"), 1),
    **dict.fromkeys(("day after tomorrow", "apres-demain", "apres demain", "ubermorgen", "uebermorgen"), 2),
}
"""How many days from today a day is."""
MINUTES = {
    **dict.fromkeys(("half an hour", "half hour", "une demi-heure", "demi-heure", "eine halbe stunde"), 30),
    **dict.fromkeys(("an hour", "one hour", "une heure", "eine stunde"), 60),
    **dict.fromkeys(("an hour and a half", "une heure et demie", "anderthalb stunden", "eineinhalb stunden"), 90),
    **dict.fromkeys(("deux heures", "zwei stunden", "two hours"), 120),
}
"""How many minutes a duration has."""
MYSELF = frozenset({"-", "me", "myself", "moi", "moi-meme", "ich", "ich selbst"})
"""Whoever types it."""
