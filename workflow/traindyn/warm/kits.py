"""Which libraries are imported beforehand, for whom."""

TABLES = "tables"
TRAINING = "training"
NOTEBOOK = "notebook"
KERNEL = "kernel"

_JOB = ("snakemake.script", "threadpoolctl")
_TABLES = ("h5netcdf", "pandas", "pyarrow.dataset")
_MODELS = ("traindyn.warm.first_model",)

# Of this package only what makes a model, a figure or a page for nobody, to the same end. Papermill sets parameters
# with black where it is there.
KITS = {
    TABLES: (*_JOB, *_TABLES, *_MODELS, "scipy.linalg", "scipy.fft", "scipy.optimize", "ot"),
    TRAINING: (*_JOB, *_TABLES, *_MODELS, "torch", "scipy.linalg"),
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
