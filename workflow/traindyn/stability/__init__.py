"""Stability of the learning dynamics: tangent operators, Lyapunov exponents and covariant vectors of trainings.

After Sharafi, Martin & Hallerberg, "On the weight dynamics of learning networks" (arXiv:2405.00743).
"""
