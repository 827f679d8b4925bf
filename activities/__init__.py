"""Activities: what the core asks of the outside, done with the record and the mail server."""
