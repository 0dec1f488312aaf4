"""What tests of several tasks need: a local server, and the folder with real data."""

import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


@pytest.fixture
def server(tmp_path):
    """A local server of the folder `served`; yields its address."""
    (tmp_path / "served").mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path / "served")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


@pytest.fixture
def real_data():
    """The folder with a real file: TRAINDYN_DATA_DIR, or a folder `data` in or beside the repository's `shared`."""

    def find(file: str) -> Path:
        root = Path(__file__).parents[3]
        candidates = [os.environ.get("TRAINDYN_DATA_DIR", ""), root / "data", root.parent / "shared" / "data"]
        for folder in filter(None, candidates):
            if (Path(folder) / file).exists():
                return Path(folder)
        pytest.skip(f"no real data here: set TRAINDYN_DATA_DIR to a folder with {file}")

    return find
