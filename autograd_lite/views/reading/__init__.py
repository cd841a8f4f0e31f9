"""What is typed, read: a grammar, what its tokens need before, what its rules make, and what mistakes mean."""
