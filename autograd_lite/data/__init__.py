"""Small data sets to train on, samples from CSV files, and feature maps."""

from autograd_lite.data.datasets import GATES, Points, blobs, circles, curve, gate, moons, spirals, split, standardized
from autograd_lite.data.features import interactions, powers
from autograd_lite.data.files import DataError, Dataset, read_csv

__all__ = [
    "DataError", "Dataset", "GATES", "Points", "blobs", "circles", "curve", "gate", "interactions", "moons",
    "powers", "read_csv", "spirals", "split", "standardized",
]  # fmt: skip
