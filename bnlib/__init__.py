"""What the chapters of *Batch Normalization, Measured* share.

Import the modules by name, ``from bnlib.normalization import batch_norm``: the package itself brings in nothing,
so that its NumPy half works where torch, matplotlib, IPython or scikit-learn are not installed.
"""

__version__ = "0.1.0"
