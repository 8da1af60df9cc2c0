"""The curated menus: what businesses of a kind carry."""
