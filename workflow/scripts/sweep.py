"""Rule sweep: the verdicts of an experiment under every setting of its sweep."""

from traindyn.config import ComparisonPlan, KoopmanPlan, SensitivityPlan
from traindyn.jobs import job
from traindyn.sensitivity import sweep
from traindyn.tables import write_table

with job(snakemake) as logger:
    plans = snakemake.params.plans
    table = sweep(
        snakemake.input.recordings,
        {label: KoopmanPlan(**plan) for label, plan in plans["koopman"].items()},
        SensitivityPlan(**plans["sensitivity"]),
        ComparisonPlan(**plans["comparison"]),
        snakemake.params.seed,
        logger.info,
        snakemake.threads,
    )
    write_table(table, snakemake.output[0])
