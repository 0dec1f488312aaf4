"""Rule data: check the data of an experiment's tasks, downloading what is missing."""

import json
from pathlib import Path

from traindyn.config import Component, build_component
from traindyn.jobs import job
from traindyn.whole import whole

with job(snakemake) as logger:
    checked = {}
    for task in snakemake.params.tasks:
        checked |= build_component("task", Component(**task)).prepare(Path(snakemake.config.get("data_dir", "data")))
    logger.info("checked %d files", len(checked))
    with whole(snakemake.output[0]) as file:
        file.write_text(json.dumps(checked, indent=2) + "\n", encoding="utf-8")
