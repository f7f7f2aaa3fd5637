"""The outbox: deliveries a second beside the bare library over the same wire, what a claim costs
when a million rows have gathered, and how long after its article is stored an alert is there.

Throughput compares the whole way of a delivery (claimed, rendered, signed, sent, settled, each
settlement on disk before the next claim) with a loop of the library alone: `aiosmtplib` on one
connection with the same mails, `httpx` with one client and as many at a time as ours, with the same
bodies. The receivers are processes of their own. Latency is that of a running outbox that is given
a hundred articles a second, each with one webhook, from the start of storing the article to the
arrival of the whole request.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.harness import PYTHON, WATCHER, Figure, figure

COUNT = 400  # deliveries of a run
RUNS = 3
AT_A_TIME = 2  # of ours to one channel
SECOND = 1_000_000
RATE, SECONDS = 100, 8
SECRET = "whsec_" + "b3V0Ym94LWJlbmNoLWtleS1vZi0zMi1ieXRlcw=="
CONFIG = """\
net: {{allow_post: [127.0.0.1]}}
alerts: {{backlog: all}}
topics: {{quay: {{query: quay, channels: [{channel}]}}}}
channels:
  hook: {{type: webhook, url: "http://127.0.0.1:{http}/hook", secret: {{file: hook.secret}}}}
  desk: {{type: email, to: [desk@desk.example]}}
email: {{host: 127.0.0.1, port: {smtp}, sender: watcher@desk.example}}
"""


class Quiet:
    def note(self, event: str, **facts: object) -> None:
        return None


def figures() -> Iterator[Figure]:
    with receiving("smtp") as smtp, receiving("http") as http:
        mails = [_pair("desk", smtp, http) for _ in range(RUNS)]
        yield figure(
            "mails a second", "aiosmtplib, one connection", "deliveries a second", mails,
            bar=0.35, at_least=True, goal=0.7,
        )  # fmt: skip
        hooks = [_pair("hook", smtp, http) for _ in range(RUNS)]
        yield figure(
            "webhooks a second", "httpx, one client", "deliveries a second", hooks,
            bar=0.2, at_least=True, goal=0.7,
        )  # fmt: skip
        waits = _latency(smtp, http)
    yield figure(
        "from stored to delivered, median", "", "seconds", [statistics.median(waits)], bar=0.25
    )
    late = sorted(waits)[int(len(waits) * 0.99)]
    yield figure("from stored to delivered, 99th of 100", "", "seconds", [late], bar=2)
    yield figure(
        "claim with 1,000,000 rows", "the same with 10,000 rows", "wall",
        _claims(), bar=1.5,
    )  # fmt: skip


# -- throughput


def _pair(channel: str, smtp: int, http: int) -> float:
    with tempfile.TemporaryDirectory(prefix="watcher-outbox-") as name:
        folder = Path(name)
        _fill(folder, channel, smtp, http)
        jobs = _jobs(folder)
        assert len(jobs) == COUNT, len(jobs)
        theirs = asyncio.run(_bare_mail(jobs, smtp) if channel == "desk" else _bare(jobs, http))
        return asyncio.run(_ours(folder)) / theirs


def _fill(folder: Path, channel: str, smtp: int, http: int) -> None:
    """A database whose outbox holds `COUNT` deliveries that are due."""
    (folder / "hook.secret").write_text(SECRET)
    (folder / "config.yaml").write_text(CONFIG.format(channel=channel, smtp=smtp, http=http))
    lines = [json.dumps(_line(number)) for number in range(COUNT)]
    (folder / "archive.jsonl").write_text("\n".join(lines))
    command = [WATCHER, "import", "articles", "--alert", "-c", str(folder / "config.yaml")]
    subprocess.run([*command, str(folder / "archive.jsonl")], check=True, capture_output=True)


def _line(number: int) -> dict[str, str]:
    """An article like no other, of some length."""
    words = " ".join(f"w{(number * 7919 + k * k * 31) % 99_991}" for k in range(250))
    return {
        "url": f"https://n{number}.example/{number}",
        "title": f"w{number} quay x{number * 7}",
        "body": f"The quay of w{number * 13} is closed. {words}",
        "language": "en",
    }


def _jobs(folder: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(folder / "watcher.db") as db:
        return db.execute("SELECT delivery, payload FROM delivery WHERE state = 'due'").fetchall()


async def _ours(folder: Path) -> float:
    """Deliveries a second."""
    from watcher.app import open_app
    from watcher.config.load import load
    from watcher.system import SystemClock

    async with open_app(load(folder / "config.yaml"), SystemClock(), Quiet()) as app:
        start = time.perf_counter()
        tally = await app.works.once()
        took = time.perf_counter() - start
    assert tally.deliveries == COUNT, tally
    return COUNT / took


async def _bare_mail(jobs: list[tuple[str, str]], port: int) -> float:
    import aiosmtplib

    from watcher.channels.email import mail_bytes
    from watcher.model.alert import Delivery, DeliveryJob

    sender, to = "watcher@desk.example", ["desk@desk.example"]
    mails = [
        mail_bytes(DeliveryJob(Delivery(i, "", "", "", "", body, 0), "", 0, 0), sender, to)
        for i, body in jobs
    ]
    start = time.perf_counter()
    async with aiosmtplib.SMTP(
        hostname="127.0.0.1", port=port, use_tls=False, start_tls=False
    ) as client:
        for one in mails:
            await client.sendmail(sender, to, one)
    return COUNT / (time.perf_counter() - start)


async def _bare(jobs: list[tuple[str, str]], port: int) -> float:
    import httpx

    waiting = iter(jobs)
    async with httpx.AsyncClient() as client:

        async def some() -> None:
            for ident, body in waiting:
                answer = await client.post(
                    f"http://127.0.0.1:{port}/hook",
                    content=body.encode(),
                    headers={"content-type": "application/json", "webhook-id": ident},
                )
                assert answer.status_code == 204

        start = time.perf_counter()
        await asyncio.gather(*(some() for _ in range(AT_A_TIME)))
        return COUNT / (time.perf_counter() - start)


# -- latency


def _latency(smtp: int, http: int) -> list[float]:
    """Seconds of each article."""
    with tempfile.TemporaryDirectory(prefix="watcher-outbox-") as name:
        folder = Path(name)
        (folder / "hook.secret").write_text(SECRET)
        (folder / "config.yaml").write_text(CONFIG.format(channel="hook", smtp=smtp, http=http))
        begun = asyncio.run(_published(folder))
    arrived = _arrivals(http)
    assert set(begun) <= set(arrived), f"{len(set(begun) - set(arrived))} never came"
    return [arrived[article] - at for article, at in begun.items()]


async def _published(folder: Path) -> dict[str, float]:
    """When storing each article began, by its address."""
    from dataclasses import replace

    from watcher.app import open_app
    from watcher.articles.lines import draft, read_line
    from watcher.config.load import load
    from watcher.pipeline.place import place
    from watcher.pipeline.topics import Origin
    from watcher.stories.fingerprint import prints
    from watcher.system import SystemClock

    clock, begun = SystemClock(), {}
    async with open_app(load(folder / "config.yaml"), clock, Quiet()) as app:
        desk, pump = app.works.desk, app.works.pumps["deliver"]
        stopping = False
        running = asyncio.create_task(pump.run(lambda: stopping))

        async def one(number: int) -> None:
            line = read_line(_line(1_000_000 + number))
            made = draft(line, now=clock.now(), domains={}, names={}, prints=prints(line.text.body))
            begun[made.url] = time.monotonic()
            await place(desk, replace(made, text=replace(made.text, source="page")), Origin())

        start = time.monotonic()
        tasks = []
        for number in range(RATE * SECONDS):
            await asyncio.sleep(max(0.0, start + number / RATE - time.monotonic()))
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
        while app.works.tally.deliveries < len(begun):
            await asyncio.sleep(0.05)
        stopping = True
        pump.wake()
        await running
    return begun


def _arrivals(port: int) -> dict[str, float]:
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{port}/times", timeout=30) as answer:
        return dict(json.loads(answer.read()))


# -- claims


def _claims() -> list[float]:
    with tempfile.TemporaryDirectory(prefix="watcher-outbox-") as name:
        few, many = Path(name) / "few.db", Path(name) / "many.db"
        _outbox(few, 10_000)
        _outbox(many, 1_000_000)
        return [_claim(many) / _claim(few) for _ in range(5)]


def _outbox(path: Path, rows: int) -> None:
    """`rows` deliveries on ten channels: most are done, every hundredth waits for tomorrow, and
    two thousand are due."""
    from watcher.app import open_writing

    open_writing(path).close()
    db = sqlite3.connect(path)
    channels = [f"c{n}" for n in range(10)]
    db.executemany("INSERT INTO channel (channel) VALUES (?)", [(one,) for one in channels])
    now = 1_790_000_000 * SECOND
    db.executemany(
        "INSERT INTO delivery (delivery, alert, topic, story, channel, payload, state, first_due,"
        " due_at) VALUES (?, ?, 't', ?, ?, '{}', ?, ?, ?)",
        (
            (
                *(f"d_{n}", f"al_{n}", f"s_{n}", channels[n % 10]),
                *(("due", now, now) if n >= rows - 2_000 else _old(n, now)),
            )
            for n in range(rows)
        ),
    )
    db.commit()
    db.execute("ANALYZE")
    db.close()


def _old(number: int, now: int) -> tuple[str, int, int | None]:
    if number % 100 == 0:
        return "due", now, now + 86_400 * SECOND
    return "done", now - number * SECOND, None


def _claim(path: Path) -> float:
    """Seconds of a claim of eight, the median of fifty."""
    from watcher.app import open_writing

    now = 1_790_000_001 * SECOND
    store = open_writing(path)
    try:
        store.release_leases()
        took = []
        for number in range(50):
            start = time.perf_counter()
            got = store.claim_deliveries(now, now + 600 * SECOND, f"t{number}", 8, lambda _: 1_000)
            took.append(time.perf_counter() - start)
            assert len(got) == 8
        return statistics.median(took)
    finally:
        store.close()


# -- the receivers


@contextmanager
def receiving(kind: str) -> Iterator[int]:
    command = [PYTHON, "-m", "bench.outbox", kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


class Sink:
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


async def _smtp() -> None:
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), loop=loop), "127.0.0.1", 0)
    await _serve(server)


async def _http() -> None:
    times: dict[str, float] = {}
    server = await asyncio.start_server(_talk(times), "127.0.0.1", 0)
    await _serve(server)


def _talk(times: dict[str, float]) -> Callable[[Any, Any], Any]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                if head.startswith("get"):
                    body = json.dumps(times).encode()
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
                    writer.write(body)
                    await writer.drain()
                    continue
                size = int(head.partition("content-length:")[2].split("\r\n")[0])
                body = await reader.readexactly(size)
                at = time.monotonic()
                times.setdefault(json.loads(body)["data"]["items"][0]["url"], at)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return talk


async def _serve(server: asyncio.Server) -> None:
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_smtp() if sys.argv[1] == "smtp" else _http())
