"""traindyn: do two ways of training a network have equivalent dynamics?

Rooms: config, tasks, architectures, optimizers, training, recording, koopman, compare, plotting. Data flows one
way, through files: train → record → fit → compare → draw. `workflow/README.md` shows the picture of the house.
"""

__version__ = "0.1.0"
