"""Run a notebook with papermill: equal runs give equal bytes, failed runs leave nothing behind."""

import ast
import logging
import re
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traindyn.errors import InputError
from traindyn.whole import whole

if TYPE_CHECKING:
    from nbformat import NotebookNode

log = logging.getLogger(__name__)
# Jupyter's page without the scripts it loads from the network (formulas, diagrams, widgets), and with the
# alternative text of pictures, which it leaves out.
_TEMPLATE = """{% extends 'lab/index.html.j2' %}
{% block html_head_js %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
{% block jupyter_widgets %}{% endblock %}
{% block data_png %}<div class="jp-RenderedImage jp-OutputArea-output">
<img src="data:image/png;base64,{{ output.data['image/png'] | escape_html }}"
alt="{{ output | get_metadata('alt', 'image/png') or 'figure' | escape_html }}"
style="width: {{ output | get_metadata('width', 'image/png') or 840 }}px; max-width: 100%">
</div>{% endblock %}
"""
_ANSI = r"\x1b\[[0-9;]*m"


def execute(
    notebook: str | Path, output_ipynb: str | Path, output_html: str | Path, parameters: Mapping[str, Any]
) -> None:
    """Execute ``notebook`` with ``parameters`` and write it with its outputs, as notebook and as web page.

    The kernel is the Python that runs us; it works in the current folder, which relative paths among the
    parameters refer to. Both files appear whole or not at all. They hold nothing about the moment or place of
    the run beyond the parameters; what cells write to stderr goes to the log only.

    Raises:
        InputError: the notebook cannot be read, a parameter is unknown or missing, or a cell failed (the
            message names notebook and cell; the traceback is in the log).
    """
    source = read_notebook(notebook)
    check_parameters(notebook, source, parameters)
    executed = clean(_run(Path(notebook), source, dict(parameters)))
    _write_both(executed, Path(output_ipynb), Path(output_html))


def read_notebook(path: str | Path) -> "NotebookNode":
    """The notebook at ``path`` in the current format.

    Raises:
        InputError: there is no such file, or it is not a notebook.
    """
    import nbformat

    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError as error:
        raise InputError(f"notebook '{path}': no such file") from error
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, ValueError) as error:
        raise InputError(f"notebook '{path}': cannot be read ({error})") from error


def declared_parameters(notebook: "NotebookNode") -> dict[str, bool]:
    """Names assigned in the cell tagged ``parameters``, and whether each must be given.

    A parameter must be given if it has no default: an annotation without value, or the empty string.
    """
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    declared: dict[str, bool] = {}
    for statement in ast.parse("\n".join(cell.source for cell in tagged)).body:
        if isinstance(statement, ast.AnnAssign | ast.Assign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            declared |= dict.fromkeys(names, _is_empty(statement.value))
    return declared


def check_parameters(path: str | Path, notebook: "NotebookNode", parameters: Mapping[str, Any]) -> None:
    """Compare ``parameters`` with those that the notebook declares; papermill itself accepts any name.

    Raises:
        InputError: a name is unknown to the notebook, or one without default is missing.
    """
    declared = declared_parameters(notebook)
    unknown = sorted(set(parameters) - set(declared))
    missing = [name for name, required in declared.items() if required and name not in parameters]
    allowed = f"allowed: {', '.join(declared) or 'none'}"
    if unknown:
        raise InputError(f"notebook '{path}': unknown parameter {', '.join(unknown)} ({allowed})")
    if missing:
        raise InputError(f"notebook '{path}': missing parameter {', '.join(missing)} ({allowed})")


def clean(notebook: "NotebookNode") -> "NotebookNode":
    """The executed notebook without what differs between equal runs: times, paths, random names, stderr."""
    for key in ("papermill", "widgets"):
        notebook.metadata.pop(key, None)
    for i, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
        cell.setdefault("id", f"cell-{i}")
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def to_html(notebook: "NotebookNode") -> str:
    """The notebook as a web page that needs nothing but itself: no scripts, no fonts from elsewhere."""
    from nbconvert.exporters.html import HTMLExporter

    exporter = HTMLExporter(raw_template=_TEMPLATE)
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": _title(notebook)}})
    return str(page)


def _title(notebook: "NotebookNode") -> str:
    """The first heading."""
    headings = (line for cell in notebook.cells for line in cell.source.splitlines() if line.startswith("# "))
    return next(headings, "notebook").removeprefix("# ")


def _is_empty(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value == "")


def _run(path: Path, notebook: "NotebookNode", parameters: dict[str, Any]) -> "NotebookNode":
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    from traindyn.notebooks.kernel import OwnKernelManager

    prepared = load_notebook_node(notebook)
    if parameters:
        prepared = parameterize_notebook(prepared, parameters)
    try:
        log.info("executing notebook %s", path)
        return execute_notebook(
            prepared,
            None,
            kernel_name="python3",
            kernel_manager_class=OwnKernelManager,
            record_timing=False,
            shutdown_kernel="immediate",  # nothing is left to be saved by a slow farewell
            progress_bar=False,
            log_output=True,
        )
    except PapermillExecutionError as error:
        log.error("notebook %s failed:\n%s", path, _plain("\n".join(error.traceback)))
        cell = prepared.cells[error.cell_index]
        raise InputError(f"notebook '{path}', cell '{cell.id}': {error.ename}: {error.evalue}") from None
    except RuntimeError as error:  # the kernel did not start, or died
        log.exception("notebook %s: its kernel failed", path)
        raise InputError(f"notebook '{path}': its kernel failed ({error})") from error


def _plain(text: str) -> str:
    return re.sub(_ANSI, "", text)


def _write_both(notebook: "NotebookNode", ipynb: Path, html: Path) -> None:
    """Neither appears before both are written."""
    import nbformat

    texts = {ipynb: nbformat.writes(notebook) + "\n", html: to_html(notebook)}
    with ExitStack() as stack:
        for final, text in texts.items():
            stack.enter_context(whole(final)).write_text(text, encoding="utf-8")
