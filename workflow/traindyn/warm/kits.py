"""Which libraries are imported beforehand, for whom."""

TABLES = "tables"
TRAINING = "training"
NOTEBOOK = "notebook"
KERNEL = "kernel"

_JOB = ("snakemake.script", "threadpoolctl", "traindyn.warm.first_model")
_TABLES = ("h5netcdf", "pandas", "pyarrow.dataset")

# Of this package only what draws or writes for nobody, to the same end.
KITS = {
    TABLES: (*_JOB, *_TABLES, "scipy.linalg", "scipy.fft", "scipy.optimize", "ot"),
    TRAINING: (*_JOB, *_TABLES, "torch", "scipy.linalg"),
    NOTEBOOK: (*_JOB, "papermill.execute", "IPython.lib.lexers", "black", "traindyn.warm.first_page"),
    KERNEL: (*_TABLES, "ipykernel.ipkernel", "ipykernel.kernelapp", "traindyn.warm.first_figure"),
}

# Scripts that are not here make tables.
_SCRIPTS = {
    **dict.fromkeys(("train", "exponents", "extraction", "fluctuations"), TRAINING),
    **dict.fromkeys(("figure", "known_answers_page"), NOTEBOOK),
}


def kits_for(script: str) -> tuple[str, ...]:
    """The kit of a job by the name of its script, and those that the job itself will ask for."""
    kit = _SCRIPTS.get(script, TABLES)
    return (kit, KERNEL) if kit == NOTEBOOK else (kit,)
