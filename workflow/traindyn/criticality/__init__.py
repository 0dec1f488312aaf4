"""Criticality: per-sample changes of the weights at a local equilibrium, and power laws among them.

After Kukleva & Vanchurin, "Dataset-learning duality and emergent criticality" (arXiv:2405.17391).
"""
