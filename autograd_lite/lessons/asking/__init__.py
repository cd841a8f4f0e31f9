"""What lessons ask: exercises, answers and what is said to them, sheets with numbers of their own."""
