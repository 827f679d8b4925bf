"""The back office, the pages and the commands around the processes."""
