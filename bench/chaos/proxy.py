"""A line to the database that can be cut: one scheduler connects through it."""

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field

from bench import stage


@dataclass
class Proxy:
    """Passes bytes between `port` and `target` in a thread of its own until `close`."""

    target: int
    port: int = field(default_factory=stage.free_port)
    _lines: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = field(default_factory=set)
    _silent: list[asyncio.StreamWriter] = field(default_factory=list)
    _cut: bool = False

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        line = (writer, forth)
        self._lines.add(line)
        await asyncio.gather(self._pass(reader, forth), self._pass(back, writer), return_exceptions=True)
        self._lines.discard(line)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
        if target not in self._silent:
            target.close()

    def cut(self, *, silently: bool) -> None:
        """The server sees every line end. Our side hears of it, or, `silently`, hears nothing until `mend`."""
        self._loop.call_soon_threadsafe(self._do_cut, silently)

    def _do_cut(self, silently: bool) -> None:
        self._cut = True
        for near, far in self._lines:
            if silently:
                self._silent.append(near)
            else:
                near.transport.abort()
            far.transport.abort()

    def mend(self) -> None:
        self._loop.call_soon_threadsafe(self._do_mend)

    def _do_mend(self) -> None:
        self._cut = False
        for near in self._silent:
            near.transport.abort()
        self._silent.clear()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _end(self) -> None:
        self._do_mend()
        self._do_cut(False)
        self._server.close()
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
