# SPDX-License-Identifier: Apache-2.0
"""digits, version 1: logistic regression, the plain baseline."""

from sklearn.linear_model import LogisticRegression

import graph

BRIGHTEST = 16.0


def fit(split):
    """Learns on pixels scaled to 0..1, which the solver converges on quickly."""
    model = LogisticRegression(C=1.0, max_iter=2000)
    return model.fit(split.train_x / BRIGHTEST, split.train_y)


def predict(model, x):
    return model.predict_proba(x / BRIGHTEST)


def to_onnx(model):
    """Scaling happens inside the graph, so callers send raw pixels."""
    nodes = [
        graph.node("Div", ["image", "brightest"], ["scaled"]),
        graph.node("MatMul", ["scaled", "weights"], ["weighted"]),
        graph.node("Add", ["weighted", "bias"], ["logits"]),
        *graph.softmax_and_label("logits"),
    ]
    constants = [
        graph.floats("brightest", BRIGHTEST),
        graph.floats("weights", model.coef_.T),
        graph.floats("bias", model.intercept_),
    ]
    return graph.model(
        "digits", nodes,
        [graph.value("image", graph.FLOAT, 64)],
        [graph.value("label", graph.INT64), graph.value("probabilities", graph.FLOAT, 10)],
        constants, "Handwritten digits, 8x8 pixels of 0..16: logistic regression")
