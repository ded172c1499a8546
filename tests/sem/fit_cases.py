"""Data and fits for the tests of `kl.fit_sem`."""

from functools import cache

import numpy as np
import pandas as pd

import kamlab as kl
from tests.sem.inference_cases import data

ONE = "f =~ y1 + y2 + y3"
MODEL = "f1 =~ y1 + y2 + y3; f2 =~ y4 + y5 + y6; f2 ~ a*f1 + x1; f1 ~ b*x1; indirect := a*b"
NAMES = ["y1", "y2", "y3", "y4", "y5", "y6", "x1"]


def complete():
    return data()


def gaps():
    """Rows with gaps, all of them with the covariate."""
    return data(complete=False).dropna(subset=["x1"])


@cache
def _fit(text, options):
    return kl.fit_sem(text, complete(), **dict(options))


def fit(text=MODEL, **options):
    return _fit(text, tuple(options.items()))


def moments(names=("y1", "y2", "y3")):
    return complete()[list(names)].cov()


def labelled_rows(frame):
    """The same rows under labels that are neither numbers nor in order."""
    order = np.random.default_rng(3).permutation(len(frame))
    labels = pd.Index([f"row {number}" for number in order], name="who")
    return frame.set_axis(labels, axis=0)
