"""Numbers that record how they came about, the chain rule along the record, derivatives as functions, checks."""
