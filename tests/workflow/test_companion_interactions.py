"""The companion system `interactions` as a real small workflow: the same tables and figure on one core and on two."""

import pytest
from small_study import Study


def small(raw):
    patches = raw["experiments"]["patches"]
    patches["architectures"] = {"mlp": {"name": "mlp", "hidden": [6]}, "lenet5": {"name": "mlp", "hidden": [4, 4]}}
    patches["groups"]["LeNet-5"]["steps"] = 40
    patches |= {"seeds": 2, "training": {"steps": 60, "chunk_size": 1}, "koopman": {"delays": 0, "modes": 2}}
    patches["interactions"] = {"grid": [2, 2], "samples": 2, "checkpoints": 3}
    raw |= {"claims": None, "known_answers": None}


@pytest.mark.slow
def test_one_core_and_two_give_the_same_bytes(tmp_path):
    found = []
    for cores in (1, 2):
        study = Study(tmp_path / str(cores), "small.yaml")
        study.configure_default("patches")
        study.configure(small)
        study.run("patches_interactions", cores=cores)
        found.append(study.tables())
    assert {name.rsplit("/", 1)[1] for name in found[0] if "/interactions/parts/" not in name} >= {
        *("strengths.parquet", "salient.parquet", "checkpoints.parquet", "theory.parquet", "phases.csv"),
        *(f"patches_interactions.{ending}" for ending in ("png", "svg", "pdf", "ipynb")),
    }
    # Nothing else is made of what is not compared.
    assert not [name for name in found[0] if name.endswith(("spectra.parquet", "verdicts.csv", "patches.png"))]
    assert found[0] == found[1]
