"""What to promote, what goes with what, and what to add to the menu."""
