"""How fast, how accurate, in how much memory: this project beside other ways to the same numbers (`make benchmark`)."""
