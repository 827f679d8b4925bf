"""The record: the journal, the tables folded from it, and the only code that knows SQL."""

from service.store.engine import Store, Tx, open_store

__all__ = ["Store", "Tx", "open_store"]
