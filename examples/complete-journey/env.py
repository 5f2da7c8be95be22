"""The example's own Python environment: a venv outside the repository with one pinned package, `duckdb`.

`enter()` makes it when missing and starts the calling script again inside it, so that every script here runs with any
Python 3.11 or newer, without installing anything into it.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("TUTTI_EXAMPLE_CACHE", Path.home() / ".cache" / "tutti" / "complete-journey"))
DATA = Path(os.environ.get("TUTTI_EXAMPLE_DATA", HERE / "data"))
DUCKDB = "duckdb==2.0.0"


def enter() -> None:
    """Makes sure that `import duckdb` finds the pinned version; may replace the running process."""
    if sys.version_info < (3, 11):
        sys.exit("Python 3.11 or newer is needed")
    home = CACHE / f"venv-{sys.version_info.major}.{sys.version_info.minor}"
    python = home / "bin" / "python"
    stamp = home / DUCKDB
    if not stamp.exists():
        print(f"making {home} with {DUCKDB}", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", DUCKDB],
                       check=True, stdout=sys.stderr)
        stamp.touch()
    if Path(sys.prefix) != home:
        os.execv(python, [str(python), *sys.orig_argv[1:]])


def pip(*arguments: str) -> None:
    """Runs pip of the environment that `enter` entered."""
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments], check=True,
                   stdout=sys.stderr)
