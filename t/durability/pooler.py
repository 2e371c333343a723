"""A PgBouncer in transaction mode before the stack's database, as Supabase's pooler is: on port 6543 of a folder's socket."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import urllib.parse

import psycopg2
from rig import wait_for

PORT = 6543
SERVERS = 3  # sessions with PostgreSQL, which all clients share: fewer than a worker has threads


class Pooler:
    def __init__(self, database):
        url = urllib.parse.urlsplit(database.api_url)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="eventflow-pooler.", dir="/tmp"))
        self.url = f"postgresql://{url.username}:{url.password}@/eventflow?host={self.folder}&port={PORT}"
        self.user, self.process = url.username, None
        (self.folder / "users").write_text(f'"{url.username}" "{url.password}"\n')
        (self.folder / "pgbouncer.ini").write_text(
            f"""[databases]
eventflow = host={database.folder} user={url.username} password={url.password}
[pgbouncer]
unix_socket_dir = {self.folder}
unix_socket_mode = 0777
listen_port = {PORT}
auth_type = scram-sha-256
auth_file = {self.folder}/users
admin_users = {url.username}
pool_mode = transaction
default_pool_size = {SERVERS}
logfile = {self.folder}/pgbouncer.log
"""
        )
        self.folder.chmod(0o755)
        if os.getuid() == 0:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, "postgres")
        self.start()

    def start(self):
        prefix = ["setpriv", "--reuid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        self.process = subprocess.Popen(
            [*prefix, "/usr/sbin/pgbouncer", "-q", self.folder / "pgbouncer.ini"], stdin=subprocess.DEVNULL
        )
        wait_for((self.folder / f".s.PGSQL.{PORT}").exists)

    def stop(self):
        """At once, whatever is under way."""
        self.process.terminate()
        self.process.wait(timeout=10)

    def close(self):
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder)

    def counts(self):
        """(clients that are connected, sessions with PostgreSQL)."""
        password = urllib.parse.urlsplit(self.url).password
        console = psycopg2.connect(host=self.folder, port=PORT, dbname="pgbouncer", user=self.user, password=password)
        console.autocommit = True
        cursor = console.cursor()
        counts = []
        for command in ("SHOW CLIENTS", "SHOW SERVERS"):
            cursor.execute(command)
            database = [column.name for column in cursor.description].index("database")
            counts.append(sum(row[database] == "eventflow" for row in cursor.fetchall()))
        console.close()
        return tuple(counts)
