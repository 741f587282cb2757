"""One store on two engines: everything the core asks for in `application.ports`, kept by SQLite or PostgreSQL."""

from storage.errors import CannotOpen
from storage.store import Store, open_store
