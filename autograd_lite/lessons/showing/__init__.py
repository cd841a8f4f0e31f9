"""How lessons are shown: formulas, derivations, pages, documents, the course as a folder."""
