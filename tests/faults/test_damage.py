"""A damaged file of a run is named, or made again; none gets into a table."""

import random
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from damages import DAMAGES, kind
from disturbed import Disturbed

from traindyn import digests
from traindyn.errors import InputError

NAMED = re.compile(r"traindyn: (results/.*?): damaged: the SHA-256")
OTHER = "other.bin"


def other_of(name: str, names: list[str]) -> str:
    """A file of the same kind by its ending, or any."""
    alike = [n for n in names if n != name and Path(n).suffix == Path(name).suffix]
    return (alike or [n for n in names if n != name])[0]


def test_every_kind_of_damage_to_every_kind_of_file_is_seen_by_its_digest(undisturbed, tmp_path, monkeypatch):
    """No process: what jobs compare before they read, and runs before they start."""
    whole, chance = undisturbed.results(), random.Random(0)
    shutil.copytree(undisturbed.study.folder / ".snakemake" / "digests", tmp_path / ".snakemake" / "digests")
    monkeypatch.chdir(tmp_path)
    for name, content in whole.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content)
    digests.check(list(whole))
    for name, content in whole.items():
        Path(OTHER).write_bytes(whole[other_of(name, list(whole))])
        for damage in DAMAGES.values():
            damage(Path(name), Path(OTHER), chance)
            if Path(name).read_bytes() == content:  # files that are equal: data.json of no data, empty tables
                continue
            with pytest.raises(InputError, match=f"^{re.escape(name)}: damaged"):
                digests.check([name])
            Path(name).write_bytes(content)


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
    assert len(damaged) >= 25
    mend(run, damaged)
    print(pd.crosstab(damaged.kind, damaged.damage, margins=True).to_string())
    print(damaged.outcome.value_counts().to_string())
    found, expected = run.results(), undisturbed.results()
    assert [name for name in expected if found.get(name) != expected[name]] == []
    assert set(found) == set(expected), "left behind"
