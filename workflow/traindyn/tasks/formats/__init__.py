"""File formats of data sets, and how such files are fetched."""
