"""A program of the user's as a channel: started without a shell, the payload on its standard
input, ended when its time is over."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT
from typing import Literal

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream, Process

from watcher.alerts.template import TemplateFault
from watcher.channels.webhook import STANDARD, Shape
from watcher.model.alert import Dead, DeliveryJob, Receipt, Retry, SendResult
from watcher.model.when import SECOND, Micros

NEVER = 100  # the exit status that ends a delivery, as qmail has it
KEPT = 4_096  # bytes of output
LAST_WORDS_S = 0.2  # for what it wrote just before its end
GRACE_S = 2.0  # from being asked to end to being ended
# What a program needs to run at all. Secrets that watcher finds in its own environment stay there.
_PASSED = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")


class CommandChannel:
    """Exit status 0 is delivered, 100 never will be, all else is tried again."""

    kind: Literal["email", "webhook"] = "webhook"

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        folder: Path,
        timeout: Micros = 30 * SECOND,
        shape: Shape = STANDARD,
    ) -> None:
        self.name = name
        self._argv = list(argv)
        self._folder = folder
        self._timeout = timeout / SECOND
        self._shape = shape

    async def send(self, job: DeliveryJob, now: Micros) -> SendResult:
        try:
            body = self._shape.body(job.delivery.payload).text.encode("utf-8", "replace")
        except TemplateFault as fault:
            return Dead(fault.message)
        try:
            process = await anyio.open_process(
                self._argv,
                stdin=PIPE if body else DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                cwd=self._folder,
                env=self._environment(job),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            return Retry(f"{self._argv[0]} cannot be started: {why}"[:300])
        said = bytearray()
        try:
            with anyio.move_on_after(self._timeout):
                await _through(process, body, said)
                return _judged(process.returncode or 0, said)
            return Retry(f"{self._argv[0]} did not end within {self._timeout:g} s: it was ended")
        finally:
            with anyio.CancelScope(shield=True):
                await _end(process)

    def _environment(self, job: DeliveryJob) -> dict[str, str]:
        delivery = job.delivery
        return {name: os.environ[name] for name in _PASSED if name in os.environ} | {
            "WATCHER_CHANNEL": self.name,
            "WATCHER_DELIVERY": delivery.delivery,
            "WATCHER_ALERT": delivery.alert,
            "WATCHER_TOPIC": delivery.topic,
            "WATCHER_STORY": delivery.story,
            "WATCHER_ATTEMPT": str(job.attempts + 1),
        }


async def _through(process: Process, body: bytes, said: bytearray) -> None:
    """Until the program ends. What it leaves running in the background may go on, and may keep its
    output open: that is not waited for."""
    drained = anyio.Event()
    async with anyio.create_task_group() as group:
        if process.stdin is not None:
            group.start_soon(_feed, process.stdin, body)
        if process.stdout is not None:
            group.start_soon(_read, process.stdout, said, drained)
        await process.wait()
        with anyio.move_on_after(LAST_WORDS_S):
            await drained.wait()
        group.cancel_scope.cancel()


async def _feed(stdin: ByteSendStream, body: bytes) -> None:
    # It need not read: then it was not interested.
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
        await stdin.send(body)
        await stdin.aclose()


async def _read(stdout: ByteReceiveStream, said: bytearray, drained: anyio.Event) -> None:
    """To the end, so that it never waits for us; the first of it is kept."""
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        async for chunk in stdout:
            said += chunk[: KEPT - len(said)]
    drained.set()


async def _end(process: Process) -> None:
    if process.returncode is None:
        for sign, wait in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, GRACE_S)):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, sign)
            with anyio.move_on_after(wait):
                await process.wait()
                break
    await process.aclose()


def _judged(status: int, said: bytearray) -> SendResult:
    words = " ".join(said.decode("utf-8", "replace").split())[:200]
    if status == 0:
        return Receipt(0, words)
    how = f"exit status {status}" if status > 0 else f"ended by signal {-status}"
    reason = how + (f": {words}" if words else "")
    return Dead(reason, status) if status == NEVER else Retry(reason, status)
