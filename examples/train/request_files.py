# SPDX-License-Identifier: Apache-2.0
"""Writes request bodies of the Open Inference Protocol, version 2."""

import json

import numpy as np


def tensor(name, array):
    """One input with its values inline, in row-major order."""
    datatype = "BYTES" if array.dtype == object else "FP32"
    return {"name": name, "shape": list(array.shape), "datatype": datatype,
            "data": [_shortest(v) for v in array.ravel().tolist()]}


def _shortest(value):
    """Whole numbers go without a decimal point, which halves the digits files."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _compact(value):
    return json.dumps(value, separators=(",", ":"))


def write_json(path, value):
    path.write_text(_compact(value) + "\n")


def write_request(path, inputs):
    write_json(path, {"inputs": inputs})


def write_binary(path, name, array):
    """The binary tensor extension: a JSON header, then the raw little-endian values.

    Nothing in the body says where the header ends. The server learns it from the
    HTTP header Inference-Header-Content-Length, so the number gets its own file.
    """
    raw = np.ascontiguousarray(array, dtype="<f4").tobytes()
    header = _compact({"inputs": [{
        "name": name, "shape": list(array.shape), "datatype": "FP32",
        "parameters": {"binary_data_size": len(raw)}}]}).encode()
    path.write_bytes(header + raw)
    path.with_name(path.name + ".header-length").write_text(f"{len(header)}\n")
