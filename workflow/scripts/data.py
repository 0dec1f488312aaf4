"""Rule data: check the data of an experiment's tasks, downloading what is missing."""

import json
from pathlib import Path

from traindyn.config import Component, build_component
from traindyn.jobs import job

with job(snakemake) as logger:
    checked = {}
    for task in snakemake.params.tasks:
        checked |= build_component("task", Component(**task)).prepare(Path(snakemake.config.get("data_dir", "data")))
    logger.info("checked %d files", len(checked))
    Path(snakemake.output[0]).write_text(json.dumps(checked, indent=2) + "\n", encoding="utf-8")
