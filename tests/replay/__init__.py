"""Histories of the first cases, replayed against the code of today."""
