"""The commands of `autograd-lite`, one module for each group; `autograd_lite.__main__` puts them together."""
