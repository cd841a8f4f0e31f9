"""Chapter 3: losses and one neuron."""
