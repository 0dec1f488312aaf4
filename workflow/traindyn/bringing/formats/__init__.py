"""Where trajectories come from, one file for each format.

A format's module has `opened(path, row, files)`: a source, whose file is closed with `files`. Which format a path is
of, its ending says (`opening`).
"""
