"""Sentences about what Assent does, in folders that mirror the packages."""
