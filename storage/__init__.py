"""One store on two engines: everything the core asks for in `application.ports`, kept by SQLite or PostgreSQL."""

from lazy_packages import import_names_alone

import_names_alone("sqlalchemy.ext.asyncio")  # which would load the whole object-relational mapper

from storage.errors import CannotOpen
from storage.store import Store, open_in_memory, open_store
