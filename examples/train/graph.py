# SPDX-License-Identifier: Apache-2.0
"""Small helpers that put ONNX graphs together.

The graphs are written out by hand rather than converted: each is a few nodes,
and this way the names, the types and the one dynamic dimension are exactly the
ones the examples document.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT64, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING

# Old enough for any ONNX Runtime in use; nothing here needs a newer one.
IR_VERSION = 7
OPSET = 13
ML_OPSET = 2


def value(name, kind, *dims):
    """Declares a graph input or output; its first dimension is the batch."""
    return helper.make_tensor_value_info(name, kind, ["batch", *dims])


def floats(name, array):
    return numpy_helper.from_array(np.asarray(array, dtype=np.float32), name)


def ints(name, numbers):
    return numpy_helper.from_array(np.asarray(numbers, dtype=np.int64), name)


def node(kind, inputs, outputs, **attributes):
    return helper.make_node(kind, inputs, outputs, **attributes)


def ml_node(kind, inputs, outputs, **attributes):
    """A node from ai.onnx.ml, the operator set for trees, labels and the like."""
    return helper.make_node(kind, inputs, outputs, domain="ai.onnx.ml", **attributes)


def softmax_and_label(logits):
    """The end both digits models share: probabilities, and the best class."""
    return [
        node("Softmax", [logits], ["probabilities"], axis=1),
        node("ArgMax", [logits], ["label"], axis=1, keepdims=0),
    ]


def model(name, nodes, inputs, outputs, constants, description):
    """Wraps a graph as a model, and has the ONNX checker look at it first."""
    domains = sorted({n.domain for n in nodes} | {""})
    opsets = [helper.make_opsetid(d, ML_OPSET if d else OPSET) for d in domains]
    built = helper.make_model(
        helper.make_graph(nodes, name, inputs, outputs, initializer=constants),
        opset_imports=opsets, ir_version=IR_VERSION,
        producer_name="penstock-examples", doc_string=description)
    onnx.checker.check_model(built, full_check=True)
    return built
