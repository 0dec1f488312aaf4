"""Groups that have no spectrum, and why."""

from traindyn.plotting.tables import Tables


def absent_groups(tables: Tables) -> dict[str, str]:
    """Group without a spectrum -> what became of it, in words: "all 8 seeds diverged at steps 12–15"."""
    present = set(tables.spectra["group"])
    return {group: _why(tables, group) for group in tables.groups if group not in present}


def _why(tables: Tables, group: str) -> str:
    first = tables.diverged[tables.diverged["group"] == group].groupby("seed")["step"].min().astype(int)
    if first.empty:
        return "no spectrum"
    seeds = "all seeds" if len(first) > 1 else "its seed"
    steps = f"step {first.min()}" if first.min() == first.max() else f"steps {first.min()}–{first.max()}"
    return f"{seeds} diverged at {steps}"
