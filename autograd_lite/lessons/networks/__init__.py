"""Chapter 4: backpropagation in networks."""
