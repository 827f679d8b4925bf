"""The rules and processes of the public body, as durable code that imports nothing else of ours."""
