"""A standby of a site's PostgreSQL on the same machine, which takes its place when it is killed."""

import contextlib
import os
import re
import shutil
import signal
import subprocess

from site_control import BIN, as_user, family_of, wait_for

NAMES = "synchronous_standby_names"


def both_hosts(url, folders):
    """A database URL that finds whichever of the two takes changes."""
    hosts = ",".join(map(str, folders))
    return re.sub(r"host=[^&]*", f"host={hosts}", url) + "&target_session_attrs=read-write"


class Pair:
    """Two places for the cluster of a site: at one it runs; at the other one a standby is made when it is wanted."""

    def __init__(self, site):
        self.site = site
        self.first = site.data
        folder = site.stack.var / "postgresql"
        self.other = folder / "standby"
        self.sockets = {self.first: folder, self.other: folder / "socket"}
        self._as_owner("mkdir", "-p", self.sockets[self.other])
        with (site.data / "pg_hba.conf").open("a") as file:
            file.write(f"local replication {site.owner} peer\n")
        os.kill(site.postmaster(), signal.SIGHUP)
        owner_url = both_hosts(site.stack.owner_url, self.sockets.values())
        self.owner_url = owner_url.replace("=read-write", "=primary")  # the rig makes it read-only, and goes on
        self.api_url = both_hosts(site.stack.settings["DATABASE_URL"], self.sockets.values())

    def _as_owner(self, *command):
        subprocess.run(as_user(self.site.owner, *command), check=True, capture_output=True, cwd="/", timeout=60)

    def make_standby(self):
        """In the other place, and lets every COMMIT wait for it from now on."""
        source, target = self.site.data, self.other
        shutil.rmtree(target, ignore_errors=True)
        options = ("-R", "-X", "stream", "-c", "fast", "-N")
        self._as_owner(BIN / "pg_basebackup", "-D", target, "-h", self.sockets[source], *options)
        with (target / "postgresql.auto.conf").open("a") as file:
            file.write(f"unix_socket_directories = '{self.sockets[target]}'\n")
        self.site.control("start", data=target)
        self.site.alter_system(f"SET {NAMES} = '*'")
        wait_for(self._is_synchronous, 20, "a synchronous standby")

    def _is_synchronous(self):
        with contextlib.closing(self.site.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_replication WHERE (sync_state, state) = ('sync', 'streaming')")
            return cursor.fetchone()[0] == 1

    def fail_over(self):
        """Kills the primary with all of its sessions. The standby becomes the primary, and waits for nobody, as it was
        there before the setting was made."""
        for pid in family_of(self.site.postmaster()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.site.data, self.other = self.other, self.site.data
        self.site.control("promote")

    def is_at_home(self):
        """Whether the cluster is where others look for it."""
        return self.site.data == self.first
