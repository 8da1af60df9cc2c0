"""The report's charts: each is laid out once, as a `Drawing` of plain marks, and painted twice (SVG, PDF)."""
