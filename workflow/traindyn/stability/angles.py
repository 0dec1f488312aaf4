"""Angles between covariant vectors, and between the subspaces that they span."""

from __future__ import annotations

import torch


def vector_angles(C: torch.Tensor) -> torch.Tensor:
    """Acute angles (…, m − 1), in radians, between consecutive columns of C (…, n, m), each of length 1.

    Kahan's formula, exact for small angles too.
    """
    first, second = C[..., :-1], C[..., 1:]
    apart = torch.linalg.vector_norm(first - second, dim=-2)
    along = torch.linalg.vector_norm(first + second, dim=-2)
    return 2 * torch.atan2(torch.minimum(apart, along), torch.maximum(apart, along))


def subspace_angles(C: torch.Tensor) -> torch.Tensor:
    """Smallest principal angles (…, m − 1), in radians, between the first j columns of C (…, n, m) and the others.

    They are defined where the exponents j and j + 1 differ, whether or not those on either side do; NaN where a column
    is.
    """
    cuts = range(1, C.shape[-1])
    return torch.stack([_smallest(C[..., :j], C[..., j:]) for j in cuts], dim=-1)


def _smallest(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    known = torch.isfinite(first).all(-1).all(-1) & torch.isfinite(second).all(-1).all(-1)
    A, B = torch.linalg.qr(first.nan_to_num())[0], torch.linalg.qr(second.nan_to_num())[0]
    common = A.mT @ B
    cosine = torch.linalg.svdvals(common)[..., 0]
    # What of B lies outside of A; of small angles the sine knows more digits than the cosine.
    sine = torch.linalg.svdvals(B - A @ common)[..., -1]
    return torch.atan2(sine, cosine).masked_fill(~known, torch.nan)
