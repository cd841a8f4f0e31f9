"""What is wrong with a graph, in plain words; `autograd_lite.diagnose` goes through all that is examined here."""
