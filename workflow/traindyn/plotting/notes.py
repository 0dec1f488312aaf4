"""The lines under a figure: what is not in it, and why."""

import textwrap

import pandas as pd

from traindyn.plotting.tables import Tables, natural_order

CHARACTERS = 118  # of small text across the page


def note_lines(tables: Tables) -> list[str]:
    """Notes on divergences, groups without a spectrum and windows not drawn, wrapped to the page's width."""
    notes = [divergence_note(tables.diverged), missing_spectra_note(tables), windows_note(tables.spectra)]
    return [line for note in notes if note for line in textwrap.wrap(note, CHARACTERS)]


def divergence_note(diverged: pd.DataFrame) -> str:
    """Every group and seed that met NaN or infinity, with the first step at which it did; "" where none."""
    groups = sorted(set(diverged["group"]), key=natural_order)
    parts = [f"{group}: {_seeds(diverged[diverged['group'] == group])}" for group in groups]
    return f"Diverged, left out of spectra and tests: {'; '.join(parts)}." if parts else ""


def _seeds(rows: pd.DataFrame) -> str:
    return ", ".join(
        _seed(int(own["seed"].iloc[0]), int(own["step"].min()), len(own)) for _, own in rows.groupby("seed")
    )


def _seed(seed: int, step: int, replicas: int) -> str:
    count = f" ({replicas} replicas)" if replicas > 1 else ""
    return f"seed {seed}{count} at step {step}"


def missing_spectra_note(tables: Tables) -> str:
    """Groups that are in some table but have no spectrum at all; "" where none."""
    missing = [group for group in tables.groups if group not in set(tables.spectra["group"])]
    return f"No spectrum: {', '.join(missing)}." if missing else ""


def windows_note(spectra: pd.DataFrame) -> str:
    """Says which window is drawn where spectra of several windows exist; "" where each group has one."""
    windows = spectra.groupby("group")["window_start"].nunique()
    if windows.empty or windows.max() == 1:
        return ""
    return f"Spectra and distances of each group's first window; the tables hold up to {windows.max()} windows."
