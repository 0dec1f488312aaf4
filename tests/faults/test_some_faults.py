"""A few kills (`make test-faults`), and every damage as digests see it (`make test`)."""

import random
import re
import shutil
from pathlib import Path

import finished_studies
import pytest
from damages import DAMAGES, other_of
from disturbed import Disturbed, chain, counts, disturb, same

from traindyn import digests
from traindyn.errors import InputError

OTHER = "other.bin"


@pytest.mark.slow
def test_killed_at_some_stages(disturbed, undisturbed):
    chance = random.Random(0)
    run = disturbed("killed")
    disturb(run, chain(chance, 3), chance)
    same(run, undisturbed)
    print(counts(run.outcomes))
    assert all(outcome["hit"] for outcome in run.outcomes)


def test_every_kind_of_damage_to_every_kind_of_file_is_seen_by_its_digest(tmp_path_factory, tmp_path, monkeypatch):
    """No process: what jobs compare before they read, and runs before they start."""
    finished = Disturbed(finished_studies.small(tmp_path_factory), "finished")
    whole, chance = finished.results(), random.Random(0)
    shutil.copytree(finished.study.folder / ".snakemake" / "digests", tmp_path / ".snakemake" / "digests")
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
