"""Processes: one file for each, reading like the section of the handbook it carries out."""
