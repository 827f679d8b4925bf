"""The letters: how they are worded and how they leave the building."""
