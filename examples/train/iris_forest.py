# SPDX-License-Identifier: Apache-2.0
"""iris, version 1: a random forest as one TreeEnsembleClassifier node."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier

import graph

SEED = 20
TREES = 16
CLASSES = 3


def fit(split):
    """Few and shallow trees: there are 150 flowers, and the file stays small."""
    forest = RandomForestClassifier(n_estimators=TREES, max_depth=4, random_state=SEED)
    return forest.fit(split.train_x, split.train_y)


def predict(forest, x):
    return forest.predict_proba(x)


def to_onnx(forest):
    nodes = [graph.ml_node(
        "TreeEnsembleClassifier", ["features"], ["label", "probabilities"],
        classlabels_int64s=list(range(CLASSES)), post_transform="NONE",
        **_attributes(forest))]
    return graph.model(
        "iris", nodes,
        [graph.value("features", graph.FLOAT, 4)],
        [graph.value("label", graph.INT64),
         graph.value("probabilities", graph.FLOAT, CLASSES)],
        [], "Iris species from four measurements in cm: random forest")


def _attributes(forest):
    """The operator takes the forest as parallel lists, one entry for each node.

    A leaf adds its class shares, divided by the number of trees, to the score of
    each class, so the scores are the forest's averaged probabilities.
    """
    nodes, leaves = [], []
    for number, estimator in enumerate(forest.estimators_):
        tree = estimator.tree_
        for at in range(tree.node_count):
            nodes.append(_node(tree, number, at))
            if tree.children_left[at] < 0:
                shares = tree.value[at][0] / tree.value[at][0].sum() / TREES
                leaves += [(number, at, c, float(shares[c])) for c in range(CLASSES)]
    node_names = ("nodes_treeids", "nodes_nodeids", "nodes_modes", "nodes_featureids",
                  "nodes_values", "nodes_truenodeids", "nodes_falsenodeids")
    leaf_names = ("class_treeids", "class_nodeids", "class_ids", "class_weights")
    return {**_lists(node_names, nodes), **_lists(leaf_names, leaves)}


def _node(tree, number, at):
    if tree.children_left[at] < 0:
        return number, at, "LEAF", 0, 0.0, 0, 0
    return (number, at, "BRANCH_LEQ", int(tree.feature[at]), _threshold(tree.threshold[at]),
            int(tree.children_left[at]), int(tree.children_right[at]))


def _threshold(exact):
    """Rounds a threshold down to 32 bits.

    scikit-learn compares 32-bit features with 64-bit thresholds. Rounding to the
    nearest could step over a feature and send it the other way; rounding down
    cannot, so both take the same branch everywhere.
    """
    rounded = np.float32(exact)
    if float(rounded) > exact:
        rounded = np.nextafter(rounded, np.float32(-np.inf))
    return float(rounded)


def _lists(names, rows):
    return {name: list(column) for name, column in zip(names, zip(*rows))}
