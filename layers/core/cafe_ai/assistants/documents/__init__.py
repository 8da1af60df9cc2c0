"""Answers from the shop's documents and catalogue: what is searched, what may be quoted, and how it is told."""
