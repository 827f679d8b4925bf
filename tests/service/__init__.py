"""What the back office promises."""
