"""The record: the journal, the tables folded from it, and the only code that knows SQL."""
