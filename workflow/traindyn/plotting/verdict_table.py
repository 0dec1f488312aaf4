"""The verdicts by one measure as a matrix of words."""

import numpy as np
import pandas as pd

from traindyn.plotting.absent import absent_groups
from traindyn.plotting.clustering import cluster
from traindyn.plotting.group_distances import group_distances
from traindyn.plotting.tables import Tables
from traindyn.plotting.verdict_matrix import by_place
from traindyn.plotting.verdicts import q_text


def verdict_table(tables: Tables, measure: str) -> pd.DataFrame:
    """Verdict and q value of every pair by ``measure``, groups in the order of their clustering by that measure.

    Raises:
        InputError: two groups have spectra, but no distance between them is in the table.
    """
    groups = [*cluster(group_distances(tables, measure)).groups, *absent_groups(tables)]
    words = np.full((len(groups), len(groups)), "", dtype=object)
    for (i, j), verdict in by_place(tables.verdicts, measure, groups).items():
        text = ", ".join(filter(None, [verdict["verdict"], q_text(verdict)]))
        words[i, j] = words[j, i] = text
    return pd.DataFrame(words, index=groups, columns=groups)
