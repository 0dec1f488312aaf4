"""The paper-scale run that this repository keeps: whole, small, and of the configuration that it names."""

from pathlib import Path

import pandas as pd
import yaml
from snakemake.utils import update_config

from traindyn import restore_point
from traindyn.config import load_config

ROOT = Path(__file__).parents[3]
KEPT = ROOT / "results" / "paper"


def configuration() -> dict:
    return yaml.safe_load((KEPT / "config.yaml").read_text(encoding="utf-8"))


def test_it_is_whole():
    restore_point.check(KEPT, load_config(configuration()).experiments)


def test_its_configuration_is_the_papers_with_the_named_changes():
    raw = yaml.safe_load((ROOT / "config" / "paper.yaml").read_text(encoding="utf-8"))
    update_config(raw, yaml.safe_load((ROOT / "config" / "overlays" / "kept_run.yaml").read_text(encoding="utf-8")))
    del raw["data_dir"]
    assert configuration() == raw | {"tables": "kept"}


def test_it_takes_a_few_megabytes():
    listed = (KEPT / restore_point.SUMS).read_text(encoding="ascii").splitlines()
    assert sum((KEPT / line.split("  ", 1)[1]).stat().st_size for line in listed) < 5e6


def test_every_group_and_seed_is_there():
    for name, plan in load_config(configuration()).experiments.items():
        spectra = pd.read_parquet(KEPT / "results" / name / "spectra.parquet")
        seeds = {(group, seed) for group in plan.group_labels() for seed in range(plan.seeds)}
        assert set(zip(spectra["group"], spectra["seed"], strict=True)) == seeds
