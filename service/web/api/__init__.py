"""What other programs are told, and in what shape."""
