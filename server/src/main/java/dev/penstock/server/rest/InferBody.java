package dev.penstock.server.rest;

import java.util.Arrays;

/// What an inference request's JSON says. Reused; confined to one thread. Its texts are good until the next is
/// read.
final class InferBody {
    /// Kept for the next request; one that has more is rare.
    private static final int KEPT_TENSORS = 64;

    private static final byte[] NOTHING = {};

    /// What an output says of binary data if it says nothing: the request's word counts.
    static final byte UNSAID = -1;

    /// The caller's id, or empty.
    final TextSpan id = new TextSpan();

    long timeoutNanos;

    /// 0 is none.
    int priority;

    boolean binaryByDefault;
    boolean nonFiniteAsText;

    /// Of a prediction: whether it has a row for each instance, and not a tensor for each input.
    boolean inRows;

    int inputCount;
    private InferInput[] inputs = {};

    int outputCount;
    private TextSpan[] outputs = {};
    private byte[] wanted = {};

    /// Of JSON tensors, all together.
    int elementBytes;

    /// Of all inputs that follow the JSON.
    long binaryBytes;

    int jsonBytes;

    /// Behind the JSON, for the inputs.
    long followingBytes;

    void clear() {
        id.set(NOTHING, 0, 0);
        timeoutNanos = 0;
        priority = 0;
        binaryByDefault = false;
        nonFiniteAsText = false;
        inRows = false;
        inputCount = 0;
        outputCount = 0;
        elementBytes = 0;
        binaryBytes = 0;
        if (inputs.length > KEPT_TENSORS || outputs.length > KEPT_TENSORS) {
            inputs = new InferInput[0];
            outputs = new TextSpan[0];
            wanted = new byte[0];
        }
    }

    InferInput input(int index) {
        return inputs[index];
    }

    /// One more input, to be filled.
    InferInput addInput() {
        if (inputCount == inputs.length) {
            inputs = Arrays.copyOf(inputs, Math.max(4, 2 * inputCount));
            for (int i = inputCount; i < inputs.length; i++) {
                inputs[i] = new InferInput();
            }
        }
        return inputs[inputCount++];
    }

    /// @param binary 1, 0 or [#UNSAID]
    void addOutput(TextSpan name, byte binary) {
        if (outputCount == outputs.length) {
            outputs = Arrays.copyOf(outputs, Math.max(4, 2 * outputCount));
            for (int i = outputCount; i < outputs.length; i++) {
                outputs[i] = new TextSpan();
            }
            wanted = Arrays.copyOf(wanted, outputs.length);
        }
        outputs[outputCount].set(name);
        wanted[outputCount] = binary;
        outputCount++;
    }

    TextSpan output(int index) {
        return outputs[index];
    }

    boolean isBinaryOutput(int index) {
        return wanted[index] == UNSAID ? binaryByDefault : wanted[index] == 1;
    }
}
