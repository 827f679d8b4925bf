"""The production shape, read and compared with what it runs."""
