"""Chapter 5: descent."""
