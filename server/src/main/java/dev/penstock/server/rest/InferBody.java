package dev.penstock.server.rest;

import dev.penstock.server.fast.Layout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a plain inference request's JSON says, held against the layout of its model. Reused; confined to one thread.
final class InferBody {
    static final int NONE = -1;

    private @Nullable Layout layout;
    int rows;

    // The caller's id, in the text.
    int idFrom;
    int idTo;

    /// 0 is none.
    long timeoutMicros;

    int inputCount;
    int outputCount;
    private boolean binaryByDefault;

    // By input of the signature: where the bytes of its elements lie, counted from the start of all JSON elements, or
    // from the end of the JSON for binary data.
    boolean[] isBinary = {};
    long[] offsets = {};

    // By place in the answer: which output of the signature, and whether it goes as binary data.
    private int[] outputs = {};
    private int[] wanted = {};

    Layout layout() {
        Layout present = layout;
        if (present == null) {
            throw new IllegalStateException("nothing was read (expected: a request)");
        }
        return present;
    }

    void clear(Layout newLayout) {
        layout = newLayout;
        rows = 0;
        idFrom = 0;
        idTo = 0;
        timeoutMicros = 0;
        inputCount = 0;
        outputCount = 0;
        binaryByDefault = false;
        int inputs = newLayout.inputs.size();
        if (offsets.length < inputs) {
            isBinary = new boolean[inputs];
            offsets = new long[inputs];
        }
        Arrays.fill(offsets, 0, inputs, NONE);
        int most = newLayout.outputs.size();
        if (outputs.length < most) {
            outputs = new int[most];
            wanted = new int[most];
        }
    }

    void binaryByDefault(boolean binary) {
        binaryByDefault = binary;
    }

    boolean hasInput(int input) {
        return offsets[input] != NONE;
    }

    /// @param binary 1, 0, or [#NONE] where the request's word counts
    /// @return false if that output was asked for already
    boolean addOutput(int output, int binary) {
        for (int i = 0; i < outputCount; i++) {
            if (outputs[i] == output) {
                return false;
            }
        }
        outputs[outputCount] = output;
        wanted[outputCount] = binary;
        outputCount++;
        return true;
    }

    /// All of them, where none was asked for.
    void completeOutputs() {
        if (outputCount == 0) {
            for (int i = 0; i < layout().outputs.size(); i++) {
                outputs[i] = i;
                wanted[i] = NONE;
            }
            outputCount = layout().outputs.size();
        }
    }

    int output(int place) {
        return outputs[place];
    }

    boolean isBinaryOutput(int place) {
        return wanted[place] == NONE ? binaryByDefault : wanted[place] == 1;
    }
}
