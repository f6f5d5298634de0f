# SPDX-License-Identifier: Apache-2.0
"""diabetes, version 1: linear regression over several named inputs."""

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import graph

# The data codes sex as 1 and 2 and does not say which is which. The letters are
# this example's own choice, made so that one input is text.
LETTERS = {1: "F", 2: "M"}
SEX = 1


def fit(split):
    """Columns are standardised first, as they come in very different units."""
    return make_pipeline(StandardScaler(), LinearRegression()).fit(split.train_x, split.train_y)


def predict(model, x):
    return model.predict(x)


def columns(x):
    """Takes the ten columns apart into the model's five inputs."""
    letters = np.array([[LETTERS[int(code)]] for code in x[:, SEX]], dtype=object)
    return {"age": x[:, 0:1], "sex": letters, "bmi": x[:, 2:3], "bp": x[:, 3:4],
            "serum": x[:, 4:10]}


def to_onnx(model):
    """Puts the columns back together in the graph, in the order of training.

    A letter that is neither F nor M counts as the average of the two over the
    training rows, which leaves sex out of that row's prediction.
    """
    scaler, regression = model.steps[0][1], model.steps[1][1]
    nodes = [
        graph.ml_node("LabelEncoder", ["sex"], ["sex.code"],
                      keys_strings=list(LETTERS.values()),
                      values_floats=[float(code) for code in LETTERS],
                      default_float=float(scaler.mean_[SEX])),
        graph.node("Concat", ["age", "sex.code", "bmi", "bp", "serum"], ["row"], axis=1),
        graph.node("Sub", ["row", "mean"], ["centred"]),
        graph.node("Div", ["centred", "deviation"], ["standard"]),
        graph.node("MatMul", ["standard", "weights"], ["weighted"]),
        graph.node("Add", ["weighted", "bias"], ["progression"]),
    ]
    constants = [
        graph.floats("mean", scaler.mean_),
        graph.floats("deviation", scaler.scale_),
        graph.floats("weights", regression.coef_.reshape(-1, 1)),
        graph.floats("bias", [regression.intercept_]),
    ]
    inputs = [
        graph.value("age", graph.FLOAT, 1), graph.value("sex", graph.STRING, 1),
        graph.value("bmi", graph.FLOAT, 1), graph.value("bp", graph.FLOAT, 1),
        graph.value("serum", graph.FLOAT, 6),
    ]
    return graph.model(
        "diabetes", nodes, inputs, [graph.value("progression", graph.FLOAT, 1)],
        constants, "Diabetes progression after a year: linear regression")
