"""The page on which one watches a network learn: what a training has kept, played back, and gone on with."""
