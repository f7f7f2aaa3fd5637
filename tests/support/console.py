"""Runs the ```console blocks of a document: `$ ` lines are commands, the others what they print.

`…` alone on a line stands for any lines, inside a line for any characters. Every command must end
with 0 unless the line after it is `[exit N]`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.S | re.M)
_EXIT = re.compile(r"\[exit (\d+)\]")


@dataclass
class Step:
    command: str
    expected: list[str] = field(default_factory=list)
    status: int = 0


def steps(text: str) -> Iterator[Step]:
    """Every command of the document, in order."""
    for block in _BLOCK.findall(text):
        step: Step | None = None
        for line in block.splitlines():
            ended = _EXIT.fullmatch(line)
            if line.startswith("$ "):
                if step is not None:
                    yield step
                step = Step(line[2:])
            elif step is None:
                raise AssertionError(f"a console block begins with output: {line!r}")
            elif ended:
                step.status = int(ended[1])
            else:
                step.expected.append(line)
        if step is not None:
            yield step


def run_all(text: str, folder: Path, environment: Mapping[str, str]) -> None:
    """Runs a document's commands one after another in `folder`, each in a shell of its own that
    knows the variables set before. Raises what `run` raises."""
    known = ""
    for step in steps(text):
        run(step, folder, environment, known)
        if re.match(r"\w+=", step.command):
            known += step.command + "\n"


def run(step: Step, folder: Path, environment: Mapping[str, str], known: str = "") -> str:
    """Runs one step in `folder`; returns what it printed on both streams, as on a terminal.
    Raises AssertionError where status or text are not as the document says."""
    done = subprocess.run(
        ["bash", "-c", known + step.command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == step.status, f"$ {step.command}\n{done.stdout}"
    if step.expected:
        assert matches(step.expected, done.stdout), (
            f"$ {step.command}\nthe document says\n{chr(10).join(step.expected)}\n"
            f"it printed\n{done.stdout}"
        )
    return done.stdout


def matches(expected: list[str], printed: str) -> bool:
    """Whether `printed` is what the document shows."""
    pattern = ""
    for line in expected:
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.rstrip().split("…")) + r"[ ]*\n"
    return re.fullmatch(pattern, printed if printed.endswith("\n") else printed + "\n") is not None
