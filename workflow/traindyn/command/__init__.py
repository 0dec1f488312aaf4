"""The command `traindyn`: one file for each of its words."""
