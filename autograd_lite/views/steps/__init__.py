"""The steps of a graph, forward and backward: as data, as tables, as formulas, and as a page to step through."""
