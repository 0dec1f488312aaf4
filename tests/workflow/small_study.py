"""Small real workflows: the repository's own Snakefile, run in an empty folder with a small configuration."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Self

import yaml

ROOT = Path(__file__).parents[2]
CONFIGS = Path(__file__).parent / "configs"


class Study:
    """A working folder with its own copy of the workflow, and the command that runs it there."""

    def __init__(self, folder: Path, config: str) -> None:
        self.folder = folder
        for name in ("workflow", "notebooks", "profiles", "envs", "config"):
            ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(ROOT / name, folder / name, ignore=ignore)
        shutil.copy(ROOT / "Snakefile", folder)
        shutil.copy(CONFIGS / config, folder / "study.yaml")
        shutil.copy(CONFIGS / "small_claims.yaml", folder)

    @classmethod
    def opened(cls, folder: Path) -> Self:
        """The study that is in a folder."""
        study = object.__new__(cls)
        study.folder = folder
        return study

    def at(self, folder: Path, *, results: bool = True) -> Self:
        """A copy in another folder, with what its runs left or without."""
        left = () if results else ("results", "logs", "benchmarks", ".snakemake")
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("__pycache__", *left))
        return self.opened(folder)

    def run(
        self, *arguments: str, check: bool = True, cores: int = 2, timeout: float = 800
    ) -> subprocess.CompletedProcess[str]:
        """Run snakemake; the copy's package comes first on the path, so that edits of it count."""
        command = [sys.executable, "-m", "snakemake", *arguments, "--cores", str(cores), "--configfile", "study.yaml"]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, timeout=timeout
        )
        assert not check or done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
        return done

    def environment(self) -> dict[str, str]:
        """Of a run in the folder."""
        paths = [str(self.folder / "workflow"), os.environ.get("PYTHONPATH", "")]
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PATH": path}

    def would_run(self, *targets: str) -> dict[str, int]:
        """Rule → number of jobs that a dry run announces."""
        output = self.run(*targets, "--dry-run", "--quiet", "host").stdout
        jobs = {}
        for line in output.splitlines():
            words = line.split()
            if len(words) == 2 and words[1].isdigit() and words[0] != "total":
                jobs[words[0]] = int(words[1])
        return jobs

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text in a file of the copy."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def configure(self, change) -> None:
        """Change the configuration in place: `change` gets its dictionary."""
        path = self.folder / "study.yaml"
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        change(raw)
        path.write_text(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True), encoding="utf-8")

    def configure_default(self, *experiments: str, **changes) -> None:
        """Take these experiments, and all else, from the default configuration."""
        default = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
        chosen = {name: default["experiments"][name] for name in experiments}
        raw = default | {"experiments": chosen} | changes
        text = yaml.safe_dump(raw, sort_keys=False, allow_unicode=True)
        (self.folder / "study.yaml").write_text(text, encoding="utf-8")

    def tables(self) -> dict[str, bytes]:
        """The bytes of every table and figure, by path; not of the table of run times."""
        found = [
            p for s in ("parquet", "csv", "png", "svg", "pdf", "ipynb") for p in self.folder.glob(f"results/**/*.{s}")
        ]
        names = {path: str(path.relative_to(self.folder)) for path in sorted(found)}
        return {name: path.read_bytes() for path, name in names.items() if name != "results/run_times.csv"}
