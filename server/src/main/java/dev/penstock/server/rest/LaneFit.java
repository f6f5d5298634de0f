package dev.penstock.server.rest;

import dev.penstock.server.fast.Layout;
import java.util.List;

/// Holds a request against the layout of a model with a lane: which of its inputs and outputs are which of the
/// model's. Reused; confined to one thread.
final class LaneFit {
    private static final int NONE = -1;

    int rows;

    /// By input of the model: which of the request's.
    private int[] inputs = {};

    int outputCount;

    // By place in the answer.
    private int[] outputs = {};
    private boolean[] binaryOutputs = {};

    /// @return false if the request goes the general way, where it is refused if it is wrong
    boolean fits(InferBody body, Layout layout) {
        prepare(layout);
        rows = 0;
        if (body.inputCount != layout.inputs.size()) {
            return false;
        }
        for (int i = 0; i < body.inputCount; i++) {
            if (!fits(body.input(i), i, layout)) {
                return false;
            }
        }
        return body.outputCount == 0 ? wantsAll(body, layout) : wants(body, layout);
    }

    private void prepare(Layout layout) {
        if (inputs.length < layout.inputs.size()) {
            inputs = new int[layout.inputs.size()];
        }
        if (outputs.length < layout.outputs.size()) {
            outputs = new int[layout.outputs.size()];
            binaryOutputs = new boolean[outputs.length];
        }
        for (int i = 0; i < layout.inputs.size(); i++) {
            inputs[i] = NONE;
        }
    }

    private boolean fits(InferInput input, int index, Layout layout) {
        int place = indexOf(input.name, layout.inputs);
        if (place == NONE || inputs[place] != NONE) {
            return false;
        }
        Layout.Tensor tensor = layout.inputs.get(place);
        int itsRows = layout.rows(tensor, input.dims, input.rank);
        if (itsRows == 0 || (rows != 0 && rows != itsRows)) {
            return false;
        }
        rows = itsRows;
        inputs[place] = index;
        return tensor.type == input.type && input.bytes == itsRows * tensor.rowBytes;
    }

    private static int indexOf(TextSpan name, List<Layout.Tensor> tensors) {
        for (int i = 0; i < tensors.size(); i++) {
            if (name.is(tensors.get(i).name)) {
                return i;
            }
        }
        return NONE;
    }

    private boolean wantsAll(InferBody body, Layout layout) {
        outputCount = layout.outputs.size();
        for (int i = 0; i < outputCount; i++) {
            outputs[i] = i;
            binaryOutputs[i] = body.binaryByDefault;
        }
        return true;
    }

    private boolean wants(InferBody body, Layout layout) {
        outputCount = 0;
        if (body.outputCount > layout.outputs.size()) {
            return false;
        }
        for (int i = 0; i < body.outputCount; i++) {
            int output = indexOf(body.output(i), layout.outputs);
            for (int j = 0; j < i; j++) {
                output = outputs[j] == output ? NONE : output;
            }
            if (output == NONE) {
                return false;
            }
            outputs[i] = output;
            binaryOutputs[i] = body.isBinaryOutput(i);
            outputCount++;
        }
        return true;
    }

    /// Which of the request's inputs is that of the model.
    int input(int place) {
        return inputs[place];
    }

    /// Which of the model's outputs comes at that place of the answer.
    int output(int place) {
        return outputs[place];
    }

    boolean isBinaryOutput(int place) {
        return binaryOutputs[place];
    }
}
