"""Chapter 1: the chain rule on a graph."""
