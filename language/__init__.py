"""Which language the bot speaks. The sentences in the code are English, and the keys of the gettext catalogues.

`_("…", name=value)` says a sentence in the language of whoever is spoken to; `use_language` says which that is.
What it gives is a Message, which `in_chat`, `on_card` and `as_text` make into what a channel shows.
`N_("…")` marks a sentence that is said later; `translate` says what the core said, also where it was stored.
"""

from language.dates import *
from language.rendering import *
from language.speaking import *
from language.speaking import _ as _
