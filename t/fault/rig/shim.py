"""The shim that is preloaded into a worker (shim.c), compiled, and told what to do."""

import mmap
import pathlib
import shutil
import struct
import subprocess
import tempfile

SOURCE = pathlib.Path(__file__).with_name("shim.c")
LIBPQ, ALLOCATION, IO = 1, 2, 3
COUNT, FAIL, PAUSE_BEFORE, PAUSE_AFTER, KILL_BEFORE, KILL_AFTER, SHORTEN, INTERRUPT, LIE = range(9)
FAMILY, ACTION, AT, PERSISTS, COUNTED, PAUSED, HITS, SKEW = range(0, 32, 4)  # where they lie in struct control
NAMES, NAME_SIZE, NAMES_MAX = 32, 24, 4096


class Shim:
    """The library, and the memory that it shares with one worker or several."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="eventflow-shim.", dir="/tmp"))
        self.folder.chmod(0o755)
        self.library = self.folder / "shim.so"
        self.file = self.folder / "control"
        includes = subprocess.run(["pg_config", "--includedir"], capture_output=True, text=True, check=True).stdout
        command = ["gcc", "-std=gnu17", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fno-builtin"]
        command += ["-ftls-model=initial-exec"]  # or the sanitizers would be asked for memory before they are ready
        command += [f"-I{includes.strip()}", "-o", str(self.library), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True)
        self.file.write_bytes(bytes(NAMES + NAMES_MAX * NAME_SIZE))
        self.file.chmod(0o666)
        with self.file.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)

    def environment(self):
        """A build with the address sanitizer wants to be the first, and works as the second, too."""
        return {
            "LD_PRELOAD": str(self.library),
            "EVENTFLOW_SHIM": str(self.file),
            "ASAN_OPTIONS": "verify_asan_link_order=0",
        }

    def get(self, field):
        return struct.unpack_from("=I", self.memory, field)[0]

    def set(self, field, value):
        struct.pack_into("=I", self.memory, field, value)

    def arm(self, family, action=COUNT, at=0, persists=False):
        """From the next call on: the action at call number `at` of the family, and at all behind it if it persists."""
        self.set(FAMILY, 0)
        for field, value in ((ACTION, action), (AT, at), (PERSISTS, persists), (COUNTED, 0), (PAUSED, 0), (HITS, 0)):
            self.set(field, value)
        self.set(FAMILY, family)

    def disarm(self):
        """Ends it, and returns how many calls were counted."""
        self.set(FAMILY, 0)
        self.set(PAUSED, 0)
        return self.get(COUNTED)

    def set_clock(self, seconds):
        """How far the workers' clock of the day is ahead."""
        struct.pack_into("=i", self.memory, SKEW, seconds)

    def names(self):
        """The calls that were counted, in order."""
        count = min(self.get(COUNTED), NAMES_MAX)
        raw = [self.memory[NAMES + i * NAME_SIZE : NAMES + (i + 1) * NAME_SIZE] for i in range(count)]
        return [name.partition(b"\0")[0].decode() for name in raw]

    def hits(self):
        """How often the action was taken."""
        return self.get(HITS)

    def is_paused(self):
        """Whether the worker waits at the call; disarm() lets it go on."""
        return self.get(PAUSED) == 1

    def close(self):
        self.memory.close()
        shutil.rmtree(self.folder)
