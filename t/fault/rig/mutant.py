"""Workers with a fault of their own: a patch of t/fault/mutants, applied to a copy of the sources, and built."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from host import BUILD
from stack import ROOT

COPIED = (
    "src",
    "htdocs/openapi.json",
    "configure",
    "configure.ac",
    "Makefile.am",
    "Makefile.in",
    "aclocal.m4",
    "build-aux",
)


class Workshop:
    """A copy of the sources and of what was built from them: only what a patch touches is built again."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="eventflow-mutant.", dir="/tmp"))
        self.folder.chmod(0o755)
        self.build = self.folder / "build"
        for name in COPIED:
            self._copy(ROOT / name, self.folder / name)
        self._copy(BUILD, self.build)

    @staticmethod
    def _copy(source, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", str(source), str(target)], check=True)

    def make(self, patch):
        """The worker with the patch in it. The sources are then as they were; a patch that does not apply fails."""
        touched = re.findall(r"^\+\+\+ b/(\S+)", patch.read_text(), re.MULTILINE)
        assert touched, f"{patch.name} is no patch"
        subprocess.run(
            ["patch", "--quiet", "--strip=1", "--fuzz=0", "--no-backup-if-mismatch", f"--input={patch}"],
            cwd=self.folder,
            check=True,
        )
        try:
            self._make()
            worker = self.folder / f"eventflow-{patch.stem}"
            shutil.copy(self.build / "eventflow", worker)
        finally:
            for name in touched:
                self._copy(ROOT / name, self.folder / name)
                os.utime(self.folder / name)  # what was built from the patched file is old now
        return worker

    def _make(self):
        """In the copy: what make has written down of places is of the original."""
        places = [f"{name}={self.folder}" for name in ("srcdir", "top_srcdir", "abs_srcdir", "abs_top_srcdir", "VPATH")]
        command = ["make", "--silent", f"--jobs={os.cpu_count()}", *places, "WARNING_CFLAGS=", "eventflow"]
        result = subprocess.run(command, cwd=self.build, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr

    def close(self):
        shutil.rmtree(self.folder)
