"""Jobs that start from libraries which are imported already.

To import NumPy, pandas, SciPy or torch takes longer than most jobs work, and a study has hundreds of jobs. So a run on
this machine keeps processes that have imported them (`server`), and a job is a copy of one of these, made by the
system's `fork`, instead of a new Python. Nothing of this package that does their work is imported beforehand: an edit
counts for the next job. Snakemake starts its scripts here (`snakemake.install`), papermill its kernels
(`traindyn.notebooks.kernel`).

Only on Linux, where a process with loaded libraries can be forked, and only for jobs that run in Snakemake's own
Python: those in conda environments, in containers or on a cluster's nodes start as ever, and so do all with
`TRAINDYN_COLD=1`.
"""
