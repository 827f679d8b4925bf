"""The front-end package that the pages' styles are taken from."""
