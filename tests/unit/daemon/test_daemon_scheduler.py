"""The beat comes where the loop is: what it wakes is not made for other threads."""

from __future__ import annotations

import asyncio
import threading

from watcher.daemon.scheduler import Ticker


def test_the_beat_is_in_the_loops_own_thread():
    async def main() -> int:
        beaten: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        ticker = Ticker(lambda: beaten.done() or beaten.set_result(threading.get_ident()))
        ticker.start()
        try:
            return await asyncio.wait_for(beaten, 30)
        finally:
            ticker.stop()

    assert asyncio.run(main()) == threading.get_ident()
