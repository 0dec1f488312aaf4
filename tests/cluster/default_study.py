"""The default study entirely on Slurm: the results of two cores, byte for byte (`make test-cluster-default`).

Not collected by name: both runs together take the better part of an hour.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from launched import Launched, overlaps
from small_study import Study

LIMIT_SECONDS = 2 * 3600
# They tell times.
TIMES = {"results/run_times.csv", "results/run.html", "results/report.html"}


def results(folder: Path) -> dict[str, bytes]:
    """Bytes of all that a run made, but for what tells times."""
    found = {str(p.relative_to(folder)): p for p in sorted(folder.glob("results/**/*")) if p.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name not in TIMES}


@pytest.fixture(scope="module")
def on_two_cores(tmp_path_factory):
    study = Study(tmp_path_factory.mktemp("cores") / "study", "small.yaml")
    command = [sys.executable, "-m", "snakemake", "--cores", "2"]
    done = subprocess.run(command, cwd=study.folder, env=study.environment(), timeout=LIMIT_SECONDS)
    assert done.returncode == 0
    return results(study.folder)


@pytest.fixture(scope="module")
def on_slurm(tmp_path_factory, own_slurm):
    """With nodes of one CPU each: no more at once than this host has. Two rules ask for eight."""
    study = Study(tmp_path_factory.mktemp("slurm") / "study", "small.yaml")
    run = Launched(study.folder, own_slurm(cpus=1), LIMIT_SECONDS)
    status, said = run.run("--set-threads", "sweep=1", "judgements=1")
    assert status == 0, said
    run.said = said
    return run


@pytest.mark.timeout(3 * LIMIT_SECONDS)
def test_results_are_those_of_two_cores(on_slurm, on_two_cores):
    found = results(on_slurm.folder)
    assert set(found) == set(on_two_cores)
    assert [name for name, content in on_two_cores.items() if found[name] != content] == []
    print(f"{len(found)} files, {sum(map(len, found.values())) / 1e6:.0f} MB, byte for byte")


@pytest.mark.timeout(3 * LIMIT_SECONDS)
def test_every_step_was_a_job_that_is_named_on_more_than_one_node(on_slurm):
    jobs = on_slurm.jobs()
    assert set(jobs.state) == {"COMPLETED"}
    assert overlaps(jobs) == []
    for job in jobs.id:
        # Of jobs that went well, the plugin removes Slurm's log; the rule's own stays.
        assert f"SLURM jobid {job} " in on_slurm.said
    rules = jobs.rule.str.split("_").str[1].value_counts().to_dict()
    assert {"train", "fit", "spectra", "summary", "distances", "verdicts", "figure", "exponents"} <= set(rules)
    nodes = jobs.node.value_counts().to_dict()
    assert len(nodes) >= 2
    print(f"{len(jobs)} jobs: {rules}, {nodes}")
