"""Chapter 2: neurons and gates."""
