"""A proxy before PostgreSQL that holds back what the server says: a database that is far away."""

import asyncio
import threading


class DelayingProxy:
    """Listens on a Unix socket in the folder, as the server of that port would. The delay is in seconds."""

    def __init__(self, folder, server_folder, port, delay):
        self.path = f"{folder}/.s.PGSQL.{port}"
        self.server = f"{server_folder}/.s.PGSQL.{port}"
        self.delay = delay
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        assert ready.wait(10), "the proxy does not start"

    def _run(self, ready):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_unix_server(self._serve, self.path))
        ready.set()
        self.loop.run_forever()
        self.loop.run_until_complete(self._end_all())

    async def _end_all(self):
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        server_reader, server_writer = await asyncio.open_unix_connection(self.server)
        await asyncio.gather(self._pass(reader, server_writer, 0), self._pass(server_reader, writer, self.delay))

    async def _pass(self, reader, writer, delay):
        """Each piece leaves when its time has come; the next is read meanwhile."""
        waiting = asyncio.Queue()
        sender = asyncio.ensure_future(self._send(waiting, writer))
        try:
            while data := await reader.read(65536):
                waiting.put_nowait((self.loop.time() + delay, data))
        except ConnectionError:
            pass
        waiting.put_nowait((0, b""))
        await sender

    async def _send(self, waiting, writer):
        try:
            while True:
                due, data = await waiting.get()
                if not data:
                    break
                await asyncio.sleep(max(0, due - self.loop.time()))
                writer.write(data)
                await writer.drain()
            writer.close()
        except ConnectionError:
            pass

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
