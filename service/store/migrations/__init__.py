"""Migrations of the tables, run by `Store.migrate`."""
