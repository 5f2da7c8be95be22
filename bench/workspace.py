"""A data directory of Tutti with the tables of gen.py imported: made once beside the files, and used again."""

import collections.abc
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import duckdb
from rules import AUDIENCE, documents

TABLES = ("customers", "orders", "returns")


class Workspace:
    def __init__(self, program: str, folder: pathlib.Path):
        self.program, self.folder = program, folder
        self.data = folder / "tutti-data"
        self.environment = os.environ | {"TUTTI_DATA": str(self.data), "TUTTI__QUERY__THREADS": "2"}

    def call(self, *arguments: str) -> str:
        command = [self.program, *arguments]
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"failed: {' '.join(arguments[:3])}")
        return done.stdout

    def apply(self, made: list[dict]) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            for number, document in enumerate(made):
                (pathlib.Path(scratch) / f"{number}.json").write_text(json.dumps(document))
            self.call("apply", "-f", scratch)

    def prepare(self, *more: dict) -> None:
        """Applies the documents of the tables, and `more`; imports the tables if nothing is there yet."""
        is_new = not (self.data / "state.db").exists()
        self.apply([*documents(self.folder), *more])
        if not is_new:
            return
        for table in TABLES:
            self.call("import", table, str(self.folder / f"{table}.parquet"))
        with tempfile.TemporaryDirectory() as scratch:
            file = f"{scratch}/members.csv"
            duckdb.sql(f"COPY (FROM '{self.folder}/members.parquet') TO '{file}' (HEADER)")
            self.call("audience-import", AUDIENCE, file, "--dimension", "customers")

    @contextlib.contextmanager
    def serve(self) -> collections.abc.Iterator["Server"]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        process = subprocess.Popen([self.program, "serve", "--listen", address], env=self.environment, stderr=subprocess.DEVNULL)
        try:
            server = Server(f"http://{address}/api/v1", process.pid)
            server.wait()
            yield server
        finally:
            process.terminate()
            process.wait()


class Server:
    def __init__(self, url: str, pid: int):
        self.url, self.pid = url, pid

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                self.get("/dimensions")
                return
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > deadline:
                    sys.exit("the server does not answer")
                time.sleep(0.1)

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(self.url + path) as answer:
            return json.load(answer)

    def post(self, path: str, body: dict) -> dict:
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"content-type": "application/json"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            sys.exit(f"{path}: {error.code} {error.read().decode()[:2000]}")

    def processor_seconds(self) -> float:
        ticks = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
