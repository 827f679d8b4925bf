"""The body's rules as plain functions of plain values."""
