"""The report as a PDF (reportlab, imported on first use)."""
