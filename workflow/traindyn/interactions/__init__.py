"""Symbolic interactions: AND and OR effects of a network's input variables, along its training.

After Ren et al., "Towards the Dynamics of a DNN Learning Symbolic Interactions" (arXiv:2407.19198).
"""
