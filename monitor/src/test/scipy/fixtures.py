#!/usr/bin/python3
"""Writes what the statistics are checked against, computed by SciPy.

    apt-get install python3-scipy        (Debian 12: SciPy 1.10.1)
    /usr/bin/python3 monitor/src/test/scipy/fixtures.py            writes monitor/src/test/resources/scipy/*.csv
    /usr/bin/python3 monitor/src/test/scipy/fixtures.py --check    says whether the files are what it writes

Where SciPy has the statistic, SciPy computes it, from the samples if it can; where it has not, the definition is
computed another way than in Java. Seeds are fixed. A cell is a name, a number, or numbers with spaces between them.
"""
import sys

sys.dont_write_bytecode = True  # nothing but fixtures is left in the repository

import canary
import compare
import distributions
import histograms
import quality
import streams


def main() -> int:
    tables = {}
    for part in (distributions, histograms, streams, quality, canary):
        tables.update(part.tables())
    if sys.argv[1:] == ["--check"]:
        return compare.check(tables)
    if sys.argv[1:]:
        print(__doc__)
        return 2
    compare.write(tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
