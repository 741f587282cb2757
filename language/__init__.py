"""Which language the bot speaks. The sentences in the code are English, and the keys of the gettext catalogues.

`_("…", name=value)` says a sentence in the language of whoever is spoken to; `use_language` says which that is.
What it gives is a Message, which `in_chat`, `on_card` and `as_text` make into what a channel shows.
`N_("…")` marks a sentence that is said later; `translate` says what the core said, also where it was stored.
"""

from language.rendering import as_run, as_text, in_chat, on_card, rendered, without_markup
from language.speaking import (
    LANGUAGES,
    N_,
    _,
    current_catalogue,
    current_language,
    date_text,
    day_and_time_text,
    day_text,
    invalid,
    labelled,
    moment_text,
    n_,
    of_locale,
    translate,
    use_language,
    window_text,
)
