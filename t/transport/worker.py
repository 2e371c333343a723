"""Workers of a test's own, beside those of the running stack: on a socket of their own, with settings of their own."""

import os
import shutil
import subprocess
import time

import stack as stack_module


class Worker:
    """One worker process, or several under multiwatch."""

    def __init__(self, stack, folder, threads=2, processes=0, name="worker", **settings):
        self.path = str(folder / f"{name}.sock")
        self.log = folder / f"{name}.log"
        program = [str(stack_module.BUILD / "eventflow"), "--threads", str(threads)]
        if processes:
            program = [shutil.which("multiwatch"), "-f", str(processes), "-r", "1000", "-s", "TERM", "--", *program]
        environment = {**os.environ, "EVENTFLOW_ENV_FILE": str(stack.var / "eventflow.env"), "LOG_LEVEL": "INFO", **settings}
        self.process = subprocess.Popen(["spawn-fcgi", "-n", "-s", self.path, "--", *program], env=environment,
                                        stdin=subprocess.DEVNULL, stderr=self.log.open("w"), stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 5
        while "serving" not in self.log.read_text() and time.monotonic() < deadline:
            time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=15)
