"""Exponents and covariant vectors of known systems: a chaotic map, products made of known vectors."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from traindyn.stability.angles import subspace_angles, vector_angles
from traindyn.stability.lyapunov import covariant, positive_qr, stretches, triangles


def henon(steps: int, a: float = 1.4, b: float = 0.3):
    """Jacobians along an orbit of the Hénon map, after it has reached the attractor."""
    x, y = 0.1, 0.1
    for step in range(steps + 100):
        if step >= 100:
            yield torch.tensor([[-2 * a * x, 1.0], [b, 0.0]], dtype=torch.float64)
        x, y = 1 - a * x * x + y, b * x


def test_henon():
    """λ = .4192, −1.6233 (Benettin's method, published many times); their sum is ln b at any length of the orbit."""
    steps = 4000
    sums = sum(stretches(R) for _, R in triangles(henon(steps), torch.eye(2, dtype=torch.float64)))
    found = sums / steps
    assert found.tolist() == pytest.approx([0.4192, -1.6233], abs=0.01)
    assert found.sum().item() == pytest.approx(math.log(0.3), abs=1e-10)


def product(steps: int, n: int, seed: int):
    """Matrices A_t = V_{t+1} D_t V_t⁻¹ (Dieci's construction): covariant vectors V_t, exponents the means of ln D_t."""
    generator = torch.Generator().manual_seed(seed)
    rand = lambda *shape: torch.rand(*shape, generator=generator, dtype=torch.float64)  # noqa: E731
    V = [torch.eye(n, dtype=torch.float64) + 0.3 * (2 * rand(n, n) - 1) for _ in range(steps + 1)]
    V = [v / torch.linalg.vector_norm(v, dim=0) for v in V]
    D = [torch.linspace(2, 0.5, n, dtype=torch.float64).pow(3) * (1 + 0.1 * rand(n)) for _ in range(steps)]
    return V, D, [V[t + 1] @ torch.diag(D[t]) @ torch.linalg.inv(V[t]) for t in range(steps)]


def vectors(A, Q):
    """V_t, t = 0 … T, by a pass forward and a pass backward."""
    frames = [Q]
    R = []
    for frame, triangle in triangles(A, Q):
        frames.append(frame)
        R.append(triangle)
    backward = covariant(reversed(R), torch.eye(Q.shape[-1], dtype=torch.float64))
    return [frame @ C for frame, C in zip(reversed(frames[:-1]), backward, strict=True)][::-1], R


@pytest.mark.parametrize("seed", range(3))
def test_vectors_that_a_product_was_made_of(seed):
    steps, n = 120, 4
    V, _, A = product(steps, n, seed)
    Q = positive_qr(torch.randn(n, n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64))[0]
    found, _ = vectors(A, Q)
    middle = range(50, 70)  # away from the transients of both passes
    for t in middle:
        signs = torch.sign((found[t] * V[t]).sum(0))
        np.testing.assert_allclose(found[t] * signs, V[t], atol=1e-12, rtol=0)


def test_exponents_that_a_product_was_made_of():
    """Started in the vectors' own flag, ln r_jj sums to Σ ln d_j up to the angles at both ends: exactly, by columns."""
    V, D, A = product(60, 4, 0)
    Q, first = positive_qr(V[0])
    _, R = vectors(A, Q)
    last = positive_qr(V[-1])[1]
    expected = torch.stack(D).log().sum(0) + stretches(last) - stretches(first)
    np.testing.assert_allclose(sum(map(stretches, R)), expected, atol=1e-12, rtol=0)


def test_constant_matrix():
    A = torch.tensor([[2.0, 1.0], [0.0, 0.5]], dtype=torch.float64)
    found, R = vectors([A] * 60, torch.eye(2, dtype=torch.float64))
    assert stretches(R[-1]).tolist() == pytest.approx([math.log(2), -math.log(2)], abs=1e-12)
    assert found[20][:, 0].abs().tolist() == pytest.approx([1, 0], abs=1e-12)
    assert found[20][:, 1].tolist() == pytest.approx([-0.5547001962252291, 0.8320502943378437], abs=1e-12)


def test_a_direction_that_is_lost_takes_only_those_after_it():
    """A zero on the diagonal: the leading block keeps its exponents and vectors."""
    A = torch.diag(torch.tensor([2.0, 1.0, 0.0, 0.5], dtype=torch.float64))
    found, R = vectors([A] * 5, torch.eye(4, dtype=torch.float64))
    assert stretches(R[0])[2] < -700
    assert torch.isfinite(found[0][:, :2]).all()
    assert torch.isnan(found[0][:, 2:]).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(0, 4))
def test_angles(seed, m, more):
    """Angles of orthonormal columns are right angles; of any two columns, that of their inner product; and they do
    not depend on the frame."""
    generator = torch.Generator().manual_seed(seed)
    C = torch.randn(m + more, m, generator=generator, dtype=torch.float64)
    Q, _ = positive_qr(C)
    assert torch.allclose(vector_angles(Q), torch.full((m - 1,), math.pi / 2, dtype=torch.float64))
    assert torch.allclose(subspace_angles(Q), torch.full((m - 1,), math.pi / 2, dtype=torch.float64))
    C = C / torch.linalg.vector_norm(C, dim=0)
    cosines = (C[:, :-1] * C[:, 1:]).sum(0).abs()
    assert torch.allclose(vector_angles(C).cos(), cosines)
    # No vector of a subspace is nearer to the other subspace than the subspaces are.
    assert (subspace_angles(C) <= vector_angles(C) + 1e-9).all()
    turned = positive_qr(torch.randn(m + more, m + more, generator=generator, dtype=torch.float64))[0] @ C
    assert torch.allclose(subspace_angles(turned), subspace_angles(C))


def test_small_angles_keep_their_digits():
    small = 1e-9
    C = torch.tensor([[1.0, math.cos(small)], [0.0, math.sin(small)]], dtype=torch.float64)
    assert vector_angles(C).item() == pytest.approx(small, rel=1e-6)
    assert subspace_angles(C).item() == pytest.approx(small, rel=1e-6)
