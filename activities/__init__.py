"""What running processes ask of the outside world, answered."""
