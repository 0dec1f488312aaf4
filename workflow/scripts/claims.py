"""Rule claims: every claim beside this run's number, as a table and a page."""

import json

from traindyn.claims import ClaimsFile, Setting, claims_page, judged, read_tables
from traindyn.jobs import job
from traindyn.tables import write_table
from traindyn.webpage import write_page

with job(snakemake) as logger:
    plan = json.loads(snakemake.params.plan)
    claims = ClaimsFile(**plan["claims"])
    settings = {name: Setting(**setting) for name, setting in plan["settings"].items()}
    table = judged(claims, read_tables(snakemake.input), settings)
    for _, row in table.iterrows():
        logger.info("%s: %s (%s)", row["claim"], row["outcome"], row["reason"])
    write_table(table, snakemake.output.csv)
    write_page(snakemake.output.html, claims_page(claims.title, table))
