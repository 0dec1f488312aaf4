"""A damaged file of a run is named, or made again; none gets into a table."""

import random
import re

import pandas as pd
import pytest
from damages import DAMAGES, kind, other_of
from disturbed import Disturbed

NAMED = re.compile(r"traindyn: (results/.*?): damaged: the SHA-256")
OTHER = "other.bin"


def damage_all(run: Disturbed, chance: random.Random) -> pd.DataFrame:
    """Damage every file that the run made, each in one way; beside them a stale lock, partial files, and markers."""
    folder, whole = run.study.folder, run.results()
    ways = [list(DAMAGES)[i % len(DAMAGES)] for i in range(len(whole))]
    chance.shuffle(ways)
    rows = []
    for name, way in zip(whole, ways, strict=True):
        (folder / OTHER).write_bytes(whole[other_of(name, list(whole))])
        DAMAGES[way](folder / name, folder / OTHER, chance)
        if (folder / name).read_bytes() != whole[name]:
            rows.append({"file": name, "kind": kind(name), "damage": way, "outcome": "made again"})
    return pd.DataFrame(rows).set_index("file")


def leave_behind(run: Disturbed) -> None:
    """What a dead run may leave: a lock on everything, files half written, a marker of an unfinished job."""
    folder = run.study.folder
    (folder / ".snakemake" / "locks").mkdir(exist_ok=True)
    (folder / ".snakemake" / "locks" / "0.output.lock").write_text("\n".join(run.results()))
    for name in ("width/.distances.parquet", "width/recordings/mlp3/sgd/.0000-0003.h5", "figures/.width.png"):
        (folder / f"results/{name}.0123456789ab.partial").write_bytes(b"half")


def mend(run: Disturbed, damaged: pd.DataFrame) -> None:
    """Run, remove what is named, and again, until the run completes."""
    for _ in range(6):
        status, said = run.complete()
        named = {name for names in NAMED.findall(said) for name in names.split(", ")}
        assert bool(named) == (status != 0), said
        assert "Traceback" not in said, said
        if status == 0:
            return
        for name in named:
            assert damaged.outcome[name] == "made again", said
            damaged.loc[name, "outcome"] = "named"
            (run.study.folder / name).unlink()
    pytest.fail(said)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_damaged_files_are_named_or_made_again_and_tables_are_as_before(undisturbed, tmp_path, seed):
    run = Disturbed(undisturbed.study.at(tmp_path / "study"), f"damaged{seed}")
    damaged = damage_all(run, random.Random(seed))
    leave_behind(run)
    assert len(damaged) >= 20
    mend(run, damaged)
    print(pd.crosstab(damaged.kind, damaged.damage, margins=True).to_string())
    print(damaged.outcome.value_counts().to_string())
    found, expected = run.results(), undisturbed.results()
    assert [name for name in expected if found.get(name) != expected[name]] == []
    assert set(found) == set(expected), "left behind"
