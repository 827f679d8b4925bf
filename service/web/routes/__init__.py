"""The routes, one file for each area. They translate; what is done is done elsewhere."""
