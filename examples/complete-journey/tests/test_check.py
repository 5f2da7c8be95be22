#!/usr/bin/env python3
"""Tests check.py: it passes a right binary and finds each kind of wrong one. Needs the data (fetch.py)."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
FAULTS = {  # fault of the fake: (what to check, words of the output)
    "": (None, "0 differences"),
    "miscount": ("rules", "DIFFERENT rule sum_to_the_cent: expected 7, found 8"),
    "cannot-compute": ("rules", "NOT SUPPORTED rule expression_year"),
    "keeps-duplicates": ("imports", "DIFFERENT import coupons"),
    "loses-a-mail": ("campaigns", "mails that arrived once: 1 missing"),
    "mails-twice": ("campaigns", "mails that arrived again"),
    "ignores-consent": ("campaigns", "('excluded', 'no_consent'"),
    "raw-template": ("campaigns", "its template was not rendered"),
}


class Check(unittest.TestCase):
    def test_faults(self) -> None:
        for fault, (only, words) in FAULTS.items():
            with self.subTest(fault=fault):
                command = [sys.executable, HERE.parent / "check.py", "--tutti", HERE / "fake_tutti.py"]
                done = subprocess.run([*command, *(["--only", only] if only else [])], capture_output=True, text=True,
                                      env=os.environ | {"FAKE_FAULT": fault})
                right = fault in ("", "cannot-compute")
                self.assertEqual(done.returncode, 0 if right else 1, done.stdout[-2000:] + done.stderr[-2000:])
                self.assertIn(words, done.stdout)


if __name__ == "__main__":
    unittest.main()
