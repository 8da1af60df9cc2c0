"""What a shop asks to have forgotten: one of its customers, or all of it."""
