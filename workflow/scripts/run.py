"""Rule run: what the jobs cost and where they ran, as a table and a page."""

from pathlib import Path

from traindyn.jobs import job
from traindyn.run import benchmark_files, elapsed, environment, run_page, run_times
from traindyn.tables import write_table
from traindyn.webpage import write_page

with job(snakemake) as logger:
    pieces = snakemake.params.pieces
    found = benchmark_files(Path("benchmarks"), list(pieces), pieces, snakemake.params.once)
    logger.info("%d files left out", len(found.left_out))
    times = run_times(found.counted)
    write_table(times, snakemake.output.csv)
    page = run_page(times, elapsed(found.counted), found.left_out, environment(snakemake.config))
    write_page(snakemake.output.html, page)
