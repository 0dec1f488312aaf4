"""Lyapunov exponents and covariant Lyapunov vectors of any sequence of linear maps, in double precision.

A_t Q_t = Q_{t+1} R_{t+1} with orthonormal Q and upper triangular R, diagonal positive (Benettin et al. 1980); backward,
V_t = Q_t C_t with C_t = R_{t+1}^{-1} C_{t+1}, columns of length 1 (Ginelli et al. 2007). Matrices have any number of
leading dimensions: an ensemble.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch

# Of a direction that is contracted to nothing: its logarithm, −708, stands for −∞.
FLOOR = torch.finfo(torch.float64).tiny
# A direction this much shorter than the longest is rounding: it and those after it have no covariant vectors.
LOST = 1e-14


def positive_qr(matrices: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Q (…, n, m) and R (…, m, m) of matrices (…, n, m), n ≥ m, with the diagonal of R not negative."""
    Q, R = torch.linalg.qr(matrices)
    sign = torch.where(R.diagonal(dim1=-2, dim2=-1) < 0, -1.0, 1.0).to(R.dtype)
    return Q * sign.unsqueeze(-2), R * sign.unsqueeze(-1)


def stretches(R: torch.Tensor) -> torch.Tensor:
    """ln r_ii (…, m) of R (…, m, m)."""
    return R.diagonal(dim1=-2, dim2=-1).clamp(min=FLOOR).log()


def triangles(maps: Iterable[torch.Tensor], Q: torch.Tensor) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Q_t and R_t, t = 1, 2, …, of matrices A_0, A_1, … (…, n, n) and orthonormal Q_0 (…, n, m)."""
    for A in maps:
        Q, R = positive_qr(A @ Q)
        yield Q, R


def covariant(R: Iterable[torch.Tensor], last: torch.Tensor) -> Iterator[torch.Tensor]:
    """C_{T−1}, …, C_0 (…, m, m) of R_T, …, R_1 (…, m, m), given from the last to the first, and of C_T = `last`.

    C_t are the coordinates of the covariant vectors in Q_t: angles between these are angles between those. A column
    is NaN from where its direction, or one before it, is lost to rounding.
    """
    C = last.triu()
    for triangle in R:
        diagonal = triangle.diagonal(dim1=-2, dim2=-1)
        lost = (~(diagonal > LOST * diagonal.amax(-1, keepdim=True))).cumsum(-1) > 0
        # Leading blocks of triangular matrices do not see the rest: 1 stands in for what is lost.
        solvable = triangle + torch.diag_embed(lost.to(triangle.dtype))
        C = torch.linalg.solve_triangular(solvable.nan_to_num(), C, upper=True)
        C = C / torch.linalg.vector_norm(C, dim=-2, keepdim=True)
        C = C.masked_fill(lost.unsqueeze(-2), torch.nan)
        yield C
