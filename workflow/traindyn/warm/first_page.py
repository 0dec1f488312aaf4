"""Makes a page of a notebook that nobody sees: highlighting and templates are then there for those that follow."""

from nbconvert.exporters.html import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

HTMLExporter().from_notebook_node(new_notebook(cells=[new_markdown_cell("# One"), new_code_cell("print(1)")]))
