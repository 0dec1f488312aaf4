"""Rule judgements: every way of judging on every pair with a known answer."""

from traindyn.config.plans import KnownAnswersPlan
from traindyn.jobs import job
from traindyn.known_answers import judgements, rates
from traindyn.tables import write_table

with job(snakemake) as logger:
    plan = KnownAnswersPlan(**snakemake.params.plan)
    table = judgements(plan.pairs, plan.comparison, snakemake.params.seed, logger.info, snakemake.threads)
    logger.info("%s", rates(table).to_string())
    write_table(table, snakemake.output[0])
