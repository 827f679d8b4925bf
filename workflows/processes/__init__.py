"""One process of the body per file, each reading like its section of the handbook."""
