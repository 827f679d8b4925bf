"""Rules: pure functions over the vocabulary, each testable as a table."""
