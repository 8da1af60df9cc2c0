"""Questions about what customers write: told from what was read in the reviews, with their own words as quotations."""
