"""What documents point to is there: files, headings, commands, keys of the config."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from watcher.cli.group import cli

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, heading = target.partition("#")
        file = path.parent / name if name else path
        assert file.exists(), target
        if heading:
            heads = re.findall(r"^#+ (.+)$", file.read_text(), re.M)
            assert heading in {re.sub(r"[^\w-]+", "-", one.lower()).strip("-") for one in heads}


def test_every_document_is_in_the_list_of_documents() -> None:
    listed = (ROOT / "docs" / "README.md").read_text()
    names = [path.name for path in DOCUMENTS if path.parent.name == "docs"]
    assert [name for name in names if name != "README.md" and f"({name})" not in listed] == []


def commands() -> list[tuple[str, list[str]]]:
    found = []
    for path in DOCUMENTS:
        text = re.sub(r"^```(?!sh|console).*?^```", "", path.read_text(), flags=re.S | re.M)
        for said in re.findall(r"`watcher ([^`\n]+)`", text):
            found.append((f"{path.name}: {said}", said.split()))
    return found


@pytest.mark.parametrize(("said", "words"), commands(), ids=lambda value: str(value)[:60])
def test_every_command_that_a_document_names_exists(said: str, words: list[str]) -> None:
    command: click.Command = cli
    for word in words:
        if not isinstance(command, click.Group) or word.startswith(("-", "…")):
            break
        for one in word.split("|"):
            assert command.get_command(click.Context(command), one) is not None, said
        found = command.get_command(click.Context(command), word.split("|")[0])
        assert found is not None
        command = found
    options = {name for one in command.params for name in one.opts} | {"--help", "-h", "--version"}
    asked = {word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)}
    assert asked <= options, said
