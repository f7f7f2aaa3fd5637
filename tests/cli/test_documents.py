"""What the documents show is what happens: every console block is run, every command is named."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path

import pytest
from tests.support.console import matches, run_all

from watcher.cli.group import COMMANDS
from watcher.config.load import load, load_text

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
WITH_BLOCKS = [path for path in DOCUMENTS if "```console" in path.read_text()]


@pytest.mark.parametrize("path", WITH_BLOCKS, ids=lambda path: path.name)
def test_every_console_block_prints_what_the_document_shows(path: Path, tmp_path: Path) -> None:
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
    }
    run_all(path.read_text(), tmp_path, environment)


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text()
    assert [name for name in COMMANDS if f"`{name}" not in text] == []


def test_a_dot_dot_dot_stands_for_anything_and_nothing_else_does() -> None:
    assert matches(["a … c", "…", "e"], "a b c\nd\nd\ne\n")
    assert matches(["…", "e"], "e\n")
    assert not matches(["a", "e"], "a\nd\ne\n")
    assert not matches(["a"], "a\nb\n")


def test_the_example_config_is_good() -> None:
    settings = load(ROOT / "config.yaml")
    assert settings.warnings == ()
    assert settings.feeds
    assert [topic.topic for topic in settings.topics] == ["mek-albania"]


def test_what_the_example_config_has_commented_out_is_good_too(tmp_path: Path) -> None:
    lines = (ROOT / "config.yaml").read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("# channels:"))
    freed = [line.removeprefix("# ") for line in lines[start : start + 5] if line != "#"]
    text = "\n".join([*lines, *freed]) + "\n"
    settings = load_text(text, tmp_path / "config.yaml")
    assert [channel.name for channel in settings.channels] == ["desk", "hook"]


def test_every_yaml_block_of_the_documents_loads(tmp_path: Path) -> None:
    blocks = [
        block
        for path in DOCUMENTS
        for block in re.findall(r"^```yaml\n(.*?)^```", path.read_text(), re.S | re.M)
    ]
    assert blocks
    for block in blocks:
        load_text(block, tmp_path / "config.yaml")


def test_the_generated_reference_is_what_the_code_says() -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    for name, text in generate.pages().items():
        held = (ROOT / "docs" / "reference" / name).read_text()
        assert held == text, f"{name}: run `make docs`"
