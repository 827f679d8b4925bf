"""The demo: a real proposal played by its people, from their mail and through their pages."""
