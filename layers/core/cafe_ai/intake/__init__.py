"""A shop's own files, order lines, catalogue and reviews, read, checked and written into its tables."""
