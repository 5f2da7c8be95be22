"""Runs the `tutti` binary by its documented command line and reads what it prints."""

import json
import os
import subprocess
from pathlib import Path


class Failure(Exception):
    """A command that did not exit 0, or that printed something other than JSON."""


class Tutti:
    """The binary on one data directory."""

    def __init__(self, binary: Path, data: Path, timeout_s: float = 600):
        self.binary, self.timeout_s = binary, timeout_s
        self.environment = {name: value for name, value in os.environ.items()
                            if name not in ("TUTTI_SERVER", "TUTTI_TOKEN")} | {"TUTTI_DATA": str(data)}

    def run(self, *arguments: object) -> str:
        """What the command writes to stdout."""
        command = [str(self.binary), *map(str, arguments)]
        try:
            done = subprocess.run(command, env=self.environment, capture_output=True, text=True, encoding="utf-8",
                                  timeout=self.timeout_s, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failure(f"{' '.join(command)}: {error}") from error
        if done.returncode:
            raise Failure(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr.strip()}")
        return done.stdout

    def json(self, *arguments: object):
        """The same with `-o json`, read."""
        text = self.run(*arguments, "-o", "json")
        try:
            return json.loads(text)
        except ValueError as error:
            raise Failure(f"{' '.join(map(str, arguments))}: not JSON ({error}): {text[:200]!r}") from error

    def rows(self, *arguments: object) -> list[dict]:
        """A command's rows: an array of objects, or columns and rows apart."""
        found = self.json(*arguments)
        if isinstance(found, dict) and isinstance(found.get("rows"), list):
            names = [column["name"] if isinstance(column, dict) else column for column in found.get("columns", [])]
            found = [row if isinstance(row, dict) else dict(zip(names, row, strict=True)) for row in found["rows"]]
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise Failure(f"{' '.join(map(str, arguments))}: expected an array of objects, got {str(found)[:200]}")
        return found
