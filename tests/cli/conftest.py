"""The command line as a user meets it: arguments in, status, standard output and error out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli import archive
from tests.cli.support import Cli, write
from tests.support.site import Site


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    monkeypatch.chdir(tmp_path)
    return Cli(capsys, monkeypatch)


@pytest.fixture(scope="session")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of `tests.cli.archive`, to be read only."""
    return archive.make(tmp_path_factory.mktemp("archive") / "watcher.db")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        yield made


@pytest.fixture
def config(tmp_path: Path, site: Site) -> Path:
    """A config in the test's folder that may fetch from `site`; feeds are added by `write`."""
    return write(tmp_path / "config.yaml")
