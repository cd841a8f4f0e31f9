"""Small data sets to train on, samples from CSV files, and feature maps."""

from autograd_lite.data.datasets import GATES as GATES
from autograd_lite.data.datasets import Points as Points
from autograd_lite.data.datasets import blobs as blobs
from autograd_lite.data.datasets import circles as circles
from autograd_lite.data.datasets import curve as curve
from autograd_lite.data.datasets import gate as gate
from autograd_lite.data.datasets import moons as moons
from autograd_lite.data.datasets import spirals as spirals
from autograd_lite.data.datasets import split as split
from autograd_lite.data.datasets import standardized as standardized
from autograd_lite.data.features import interactions as interactions
from autograd_lite.data.features import powers as powers
from autograd_lite.data.files import DataError as DataError
from autograd_lite.data.files import Dataset as Dataset
from autograd_lite.data.files import read_csv as read_csv

__all__ = [
    "DataError",
    "Dataset",
    "GATES",
    "Points",
    "blobs",
    "circles",
    "curve",
    "gate",
    "interactions",
    "moons",
    "powers",
    "read_csv",
    "spirals",
    "split",
    "standardized",
]
