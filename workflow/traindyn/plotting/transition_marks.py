"""Transitions over the training steps: dotted lines through curves, markers on a rail above them."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from traindyn.plotting.style import GroupStyle
from traindyn.plotting.tables import Tables

RAIL = 0.09  # inches: height of a group's line of markers


def transition_steps(tables: Tables, measure: str) -> dict[str, list[int]]:
    """Group -> steps at which a transition was found by ``measure``, ascending; groups without any are left out."""
    found = tables.transitions[(tables.transitions["measure"] == measure) & tables.transitions["transition"]]
    return {str(group): sorted(int(step) for step in rows["step"]) for group, rows in found.groupby("group")}


def rail_height(transitions: Mapping[str, Sequence[int]]) -> float:
    """Inches that the markers of all groups need above a panel."""
    return RAIL * len(transitions)


def mark_transitions(
    axes: Axes, rail: Axes | None, transitions: Mapping[str, Sequence[int]], styles: Mapping[str, GroupStyle]
) -> None:
    """A line at each group's transitions; where two groups share a step, the markers on ``rail`` tell them apart.

    rail: a panel over ``axes`` with the same steps, None where there is no transition.
    """
    for place, (group, steps) in enumerate(transitions.items()):
        style = styles[group]
        for step in steps:
            axes.axvline(step, color=style.colour, lw=0.9, ls=(0, (1, 1.3)), zorder=1, gid=f"transition {group}")
        if rail is not None:
            heights = [len(transitions) - place - 0.5] * len(steps)
            rail.plot(steps, heights, ls="none", marker=style.marker, ms=3.6, color=style.colour, gid=group)
    if rail is not None:
        rail.set_ylim(0, len(transitions))
        rail.set_axis_off()
