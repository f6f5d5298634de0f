"""Tables as CSV files, written and compared."""
import csv
import io
import math
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "resources" / "scipy"
# Other processors round exp and log otherwise in the last digit, and what follows from them.
TOLERANCE = 1e-9


def cell(value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple, np.ndarray)):
        return " ".join(cell(v) for v in value)
    if isinstance(value, (bool, np.bool_)):
        return "1" if value else "0"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return repr(number)


def text(rows) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0].keys())
    for row in rows:
        writer.writerow([cell(value) for value in row.values()])
    return out.getvalue()


def write(tables) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        (FOLDER / f"{name}.csv").write_text(text(rows), encoding="ascii")
        print(f"{name}.csv: {len(rows)} cases")


def check(tables) -> int:
    wrong = []
    for name, rows in tables.items():
        path = FOLDER / f"{name}.csv"
        committed = path.read_text(encoding="ascii") if path.exists() else ""
        difference = first_difference(committed, text(rows))
        if difference:
            wrong.append(f"{name}.csv: {difference}")
    known = {f"{name}.csv" for name in tables}
    wrong += [f"{path.name}: nothing writes it" for path in FOLDER.glob("*") if path.name not in known]
    print("\n".join(wrong) or f"{len(tables)} files are what is written")
    return 1 if wrong else 0


def first_difference(committed, written) -> str:
    old, new = (list(csv.reader(io.StringIO(t))) for t in (committed, written))
    if len(old) != len(new):
        return f"{len(old)} lines (expected: {len(new)})"
    for line, (a, b) in enumerate(zip(old, new), 1):
        if len(a) != len(b):
            return f"line {line}: {len(a)} cells (expected: {len(b)})"
        for column, (x, y) in enumerate(zip(a, b)):
            if not same(x, y):
                return f"line {line}, {new[0][column]}: {x[:60]} (expected: {y[:60]})"
    return ""


def same(x, y) -> bool:
    a, b = x.split(" "), y.split(" ")
    return x == y or len(a) == len(b) and all(map(same_number, a, b))


def same_number(x, y) -> bool:
    if x == y:
        return True
    if x.lstrip("-").isdigit() and y.lstrip("-").isdigit():
        return False
    try:
        return math.isclose(float(x), float(y), rel_tol=TOLERANCE, abs_tol=1e-15)
    except ValueError:
        return False
