"""What the command line's tests share: a run of a command, and configs."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from watcher.cli.group import status_of


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on standard output."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The objects on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> dict[str, Any]:
        """The error under --json: one line on standard error, all its keys."""
        (line,) = self.err.splitlines()
        shape = json.loads(line)
        assert shape["schema_version"] == 1
        assert set(shape["error"]) == ERROR_KEYS
        return shape["error"]

    @property
    def code(self) -> str:
        """The code of the first error in words."""
        assert self.err.startswith("error["), self.err
        return self.err[len("error[") :].partition("]")[0]


ERROR_KEYS = {
    *("code", "message", "hint", "file", "line", "column", "offset", "length", "suggestion"),
}


class Cli:
    """Runs commands in this process, in a folder of the test's own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._patch = patch

    def __call__(self, *args: object, stdin: bytes = b"") -> Result:
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        self._capsys.readouterr()
        status = status_of([str(arg) for arg in args])
        out, err = self._capsys.readouterr()
        assert "Traceback" not in err
        assert "error[WTC-INT-001]" not in err
        assert '"code": "WTC-INT-001"' not in out + err
        return Result(status, out, err)


def write(path: Path, *feeds: str, **sections: Any) -> Path:
    whole = {
        "net": {"allow": ["127.0.0.1"], "ports": ["1024-65535"], "gap": "0s"},
        "feeds": list(feeds),
        **sections,
    }
    path.write_text("".join(f"{name}: {json.dumps(value)}\n" for name, value in whole.items()))
    return path


# A shell that runs the tests in the background has its children ignore SIGINT; a user's has not.
_MINDING = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
    " os.execv(sys.executable, [sys.executable, '-m', 'watcher', *sys.argv[1:]])"
)


def minding_ctrl_c(*args: str) -> list[str]:
    """The command line of `watcher` as a process that Ctrl-C reaches."""
    return [sys.executable, "-c", _MINDING, *args]
