#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the example models and writes the model repository and the request files.

Everything comes from the data sets that ship inside scikit-learn, so nothing is
downloaded. Run it twice and every file comes out the same, byte for byte: the
seeds are fixed, the work is single threaded and nothing written depends on the
clock.
"""

import os
import sys

# One thread, decided before NumPy and PyTorch load: with more, sums are split
# differently from run to run and the last bits of the weights move.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
# The folder is part of the repository, so leave no compiled files behind in it.
sys.dont_write_bytecode = True

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import mean_absolute_error, r2_score

import diabetes_linear
import digits_cnn
import digits_linear
import iris_forest
import splits
from request_files import tensor, write_binary, write_json, write_request

EXAMPLES = Path(__file__).resolve().parent.parent
MODELS = EXAMPLES / "models"
REQUESTS = EXAMPLES / "requests"
# Not served by `penstock demo`: only its rollout has this version.
ROLLOUT = EXAMPLES / "rollout"

# Triton leaves the batch dimension out of `dims`.
DIGITS_CONFIG = """\
name: "digits"
platform: "onnxruntime_onnx"
max_batch_size: 512
input [
  {
    name: "image"
    data_type: TYPE_FP32
    dims: [ 64 ]
  }
]
version_policy: { all { } }
"""


def save(model, name, version, repository=MODELS):
    """Writes one version where a model repository expects to find it."""
    path = repository / name / str(version) / "model.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())
    print(f"  wrote {path.relative_to(EXAMPLES)} ({path.stat().st_size} bytes)")


def classified(probabilities, labels):
    """Counts the rows whose most probable class is the true one."""
    rows = len(labels)
    correct = int(np.sum(np.argmax(probabilities, axis=1) == labels))
    print(f"  held-out rows answered correctly: {correct} of {rows} ({correct / rows:.2%})")
    return {"rows": rows, "correct": correct, "accuracy": round(correct / rows, 4)}


def clearest_row(labels, wanted, *answers):
    """Picks the row of one class that the least sure of the models is surest of.

    The first request somebody sends should have an answer nobody can argue with.
    """
    confidence = np.min([p[:, wanted] for p in answers], axis=0)
    return int(np.argmax(np.where(labels == wanted, confidence, -1.0)))


def digits():
    """Trains both versions of `digits`; the same request fits either."""
    split = splits.digits()
    print("digits 1: logistic regression")
    linear = digits_linear.fit(split)
    save(digits_linear.to_onnx(linear), "digits", 1)
    first = digits_linear.predict(linear, split.test_x)
    accuracy = {"1": classified(first, split.test_y)}

    print("digits 2: convolutional network")
    cnn = digits_cnn.fit(split)
    save(digits_cnn.to_onnx(cnn), "digits", 2)
    second = digits_cnn.predict(cnn, split.test_x)
    accuracy["2"] = classified(second, split.test_y)

    print("digits 3, for the rollout of the demo: version 1 with part of the labels wrong")
    wrong = digits_linear.fit(splits.mislabelled(split))
    save(digits_linear.to_onnx(wrong), "digits", 3, ROLLOUT)
    classified(digits_linear.predict(wrong, split.test_x), split.test_y)

    (MODELS / "digits" / "config.pbtxt").write_text(DIGITS_CONFIG)
    digits_requests(split, first, second)
    return accuracy


def digits_requests(split, first, second):
    """Writes one row, and the whole held-out split, as JSON and as binary."""
    row = clearest_row(split.test_y, 7, first, second)
    one = split.test_x[row:row + 1]
    write_request(REQUESTS / "digits.json", [tensor("image", one)])
    write_binary(REQUESTS / "digits.bin", "image", one)
    write_json(REQUESTS / "digits.expected.json", {"label": int(split.test_y[row])})
    write_request(REQUESTS / "digits-heldout.json", [tensor("image", split.test_x)])
    write_binary(REQUESTS / "digits-heldout.bin", "image", split.test_x)
    write_json(REQUESTS / "digits-heldout.labels.json", split.test_y.tolist())


def iris():
    """Trains `iris`, the model that needs the ai.onnx.ml operators."""
    split = splits.iris()
    print("iris 1: random forest")
    forest = iris_forest.fit(split)
    save(iris_forest.to_onnx(forest), "iris", 1)
    probabilities = iris_forest.predict(forest, split.test_x)
    accuracy = {"1": classified(probabilities, split.test_y)}

    row = clearest_row(split.test_y, 1, probabilities)
    write_request(REQUESTS / "iris.json", [tensor("features", split.test_x[row:row + 1])])
    write_json(REQUESTS / "iris.expected.json", {"label": int(split.test_y[row])})
    write_request(REQUESTS / "iris-heldout.json", [tensor("features", split.test_x)])
    write_json(REQUESTS / "iris-heldout.labels.json", split.test_y.tolist())
    return accuracy


def diabetes():
    """Trains `diabetes`, the model with several inputs, one of them text."""
    split = splits.diabetes()
    print("diabetes 1: linear regression")
    model = diabetes_linear.fit(split)
    save(diabetes_linear.to_onnx(model), "diabetes", 1)
    predicted = diabetes_linear.predict(model, split.test_x)
    r2 = r2_score(split.test_y, predicted)
    mae = mean_absolute_error(split.test_y, predicted)
    print(f"  held-out rows: {len(predicted)}, R2 {r2:.4f}, mean absolute error {mae:.2f}")

    answers = [round(float(p), 4) for p in predicted]
    columns = diabetes_linear.columns(split.test_x)
    one = {name: values[:1] for name, values in columns.items()}
    for file, inputs in (("diabetes.json", one), ("diabetes-heldout.json", columns)):
        write_request(REQUESTS / file, [tensor(*named) for named in inputs.items()])
    write_json(REQUESTS / "diabetes.expected.json", {"progression": answers[0]})
    write_json(REQUESTS / "diabetes-heldout.expected.json", answers)
    return {"1": {"rows": len(answers), "r2": round(r2, 4), "mae": round(mae, 4)}}


def main():
    REQUESTS.mkdir(parents=True, exist_ok=True)
    accuracy = {"digits": digits(), "iris": iris(), "diabetes": diabetes()}
    (EXAMPLES / "accuracy.json").write_text(json.dumps(accuracy, indent=2) + "\n")
    print("done: models/, requests/ and accuracy.json are up to date")


if __name__ == "__main__":
    main()
