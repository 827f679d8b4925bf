"""What letters promise on their way out."""
