"""Snakemake under Slurm: started with clients that wait for an absent controller, restarted without two writers.

`python -m traindyn.cluster run …` and `python -m traindyn.cluster restart …`, in the workflow's folder.
"""
