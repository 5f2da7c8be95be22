"""A PostgreSQL server of its own, for as long as the process lives: text is ordered by its code points, as Tutti does."""

import atexit
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

import psycopg


def programs() -> pathlib.Path:
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    if not found:
        raise SystemExit("PostgreSQL is not installed")
    return found[-1].parent


class Server:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        # The server does not run as root.
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.run("initdb", "-D", self.folder / "data", "-A", "trust", "-U", "tutti", "-E", "UTF8", "--locale", "C.UTF-8", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off -c timezone=UTC"
        self.run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "-o", options, "start")
        atexit.register(self.stop)
        self.db = psycopg.connect(host=str(self.folder), user="tutti", dbname="postgres", autocommit=True)

    def run(self, name: str, *arguments) -> None:
        as_user = {"user": self.user.pw_uid, "group": self.user.pw_gid} if self.user else {}
        command = [str(programs() / name), *map(str, arguments)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", **as_user)
        if done.returncode:
            raise SystemExit(f"{name} failed: {done.stderr}")

    def stop(self) -> None:
        self.db.close()
        self.run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
