"""The page to step through: its script and style, and the table in JavaScript."""
