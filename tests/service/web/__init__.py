"""What browsers and programs are promised."""
