"""Other ways to the same spectrum, each called as its own documentation has it: eigenvalues of (replica, step, weight).

`HOW` says of each how it is fed and what it does besides; the page of results prints it.
"""

from __future__ import annotations

import numpy as np

from benchmarks.spectra import explicit, stacked_pairs

HOW = {
    "explicit": "NumPy: Hankel matrix of all replicas written out, `numpy.linalg.svd` of all of it, truncation to k. "
    "The reference of the column *deviation*.",
    "PyDMD": "`DMD(svd_rank=k).fit(Z, Z')` on the stacked Hankel matrices, since `HankelDMD` takes one trajectory "
    "only and would pair the end of one replica with the start of the next. It decomposes the matrices "
    "several times: its `Snapshots` take the condition numbers of both to warn of large ones. `RDMD`, the "
    "randomised one, takes no pairs.",
    "kooplearn": "`Ridge(reduced_rank=False, alpha=None, n_components=k)`, the principal component estimator, on "
    "`TimeDelayEmbedding(d + 1)` of each replica. `fit` takes one trajectory: the replicas are "
    "interleaved step by step and `lag_time` is their number, so that exactly the right pairs are made. "
    "It solves with the covariance matrix.",
    "kooplearn, arpack": "the same with `eigen_solver='arpack'`, the fastest of its exact solvers.",
    "DSA": "`DSA.DMD(data, n_delays=d + 1, rank=k, lamb=0)`, which takes all replicas as they are. Its SVD is "
    "that of all snapshots, the last of each replica included, which Z leaves out: its spectrum is by "
    "definition another one. It computes in torch's default precision: float64 was set here (float32 "
    "unless a user sets it).",
    "traindyn": "`traindyn.koopman.fit(trajectories, delays=d, modes=k)`.",
}


def pydmd(trajectories: np.ndarray, delays: int, modes: int) -> np.ndarray:
    import warnings

    from pydmd import DMD

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of the condition number
        return DMD(svd_rank=modes).fit(*stacked_pairs(trajectories, delays)).eigs


def kooplearn(trajectories: np.ndarray, delays: int, modes: int, solver: str = "auto") -> np.ndarray:
    from kooplearn.linear_model import Ridge
    from kooplearn.preprocessing import TimeDelayEmbedding

    embedded = [TimeDelayEmbedding(delays + 1).fit_transform(replica) for replica in trajectories]
    interleaved = np.stack(embedded, axis=1).reshape(-1, embedded[0].shape[1])
    model = Ridge(n_components=modes, lag_time=len(trajectories), reduced_rank=False, alpha=None, eigen_solver=solver)
    return model.fit(interleaved).eig()


def kooplearn_arpack(trajectories: np.ndarray, delays: int, modes: int) -> np.ndarray:
    return kooplearn(trajectories, delays, modes, solver="arpack")


def dsa(trajectories: np.ndarray, delays: int, modes: int) -> np.ndarray:
    import torch
    from DSA import DMD

    torch.set_default_dtype(torch.float64)
    model = DMD(trajectories, n_delays=delays + 1, rank=modes, lamb=0)
    model.fit()
    return np.linalg.eigvals(model.A_v.numpy())


def traindyn(trajectories: np.ndarray, delays: int, modes: int) -> np.ndarray:
    from traindyn.koopman import fit

    return fit(trajectories, delays, modes).eigenvalues


METHODS = {
    "explicit": explicit,
    "PyDMD": pydmd,
    "kooplearn": kooplearn,
    "kooplearn, arpack": kooplearn_arpack,
    "DSA": dsa,
    "traindyn": traindyn,
}
