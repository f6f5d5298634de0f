package dev.penstock.server.grpc.door;

import dev.penstock.core.Shape;
import dev.penstock.server.wire.MessageLimits;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Where the parts of one ModelInferRequest lie in native memory. Filled by [InferReader], valid as long as that
/// memory is, and reused for the next message. Confined to one thread.
///
/// Addresses are absolute, lengths are bytes. Of a request with more than
/// [MessageLimits#MAX_ELEMENTS] parts of a kind only the first ones are kept, and [#tooMany] says so.
final class WireRequest {
    private static final int FIRST_PARTS = 4;

    /// Far more than requests of real models have.
    private static final int KEPT_PARTS = 4096;

    /// What a tensor's shape may have and still be kept; `rank` counts all.
    static final int MAX_RANK = Shape.MAX_RANK;

    /// The scope of a parameter that belongs to the whole request.
    static final int REQUEST = -1;

    /// What a parameter holds; the numbers are those of the message's fields, 0 is none.
    static final int NOTHING = 0;

    static final int BOOL = 1;
    static final int INT64 = 2;
    static final int STRING = 3;
    static final int DOUBLE = 4;
    static final int UINT64 = 5;

    final Span name = new Span();
    final Span version = new Span();
    final Span id = new Span();

    int inputCount;
    int outputCount;
    int rawCount;
    int parameterCount;

    /// The field that has more elements than it may, or null.
    @Nullable
    String tooMany;

    private int unknownFields;

    private Input[] inputs = filled(new Input[0], FIRST_PARTS);
    private Span[] outputs = filled(new Span[0], FIRST_PARTS);
    private Span[] raws = filled(new Span[0], FIRST_PARTS);
    private Parameter[] parameters = filled(new Parameter[0], FIRST_PARTS);

    /// Some bytes of the message.
    static final class Span {
        long address;
        int length;

        void set(long newAddress, int newLength) {
            address = newAddress;
            length = newLength;
        }

        void clear() {
            address = 0;
            length = 0;
        }

        boolean is(byte[] expected) {
            return Memory.same(address, length, expected);
        }

        String text() {
            return Memory.utf8(address, length);
        }
    }

    /// One element of `inputs`.
    static final class Input {
        final Span name = new Span();
        final Span datatype = new Span();
        final long[] dims = new long[MAX_RANK];

        /// The whole element, for [TypedContents].
        final Span element = new Span();

        int rank;

        /// A bit for each list of `contents` that has elements, by its field number.
        int contents;

        void clear() {
            name.clear();
            datatype.clear();
            rank = 0;
            contents = 0;
        }

        void addDim(long dim) {
            if (rank < MAX_RANK) {
                dims[rank] = dim;
            }
            rank++;
        }
    }

    /// One entry of a `parameters` map. Of two with one key and scope the later counts.
    static final class Parameter {
        /// [#REQUEST], the index of an input, or `~index` - 1 of a requested output.
        int scope;

        final Span key = new Span();
        int kind;

        /// The number, or a double's bits.
        long value;

        final Span text = new Span();

        void clear(int newScope) {
            scope = newScope;
            key.clear();
            kind = NOTHING;
            value = 0;
            text.clear();
        }
    }

    /// The scope of a parameter of a requested output.
    static int outputScope(int index) {
        return REQUEST - 1 - index;
    }

    void clear() {
        name.clear();
        version.clear();
        id.clear();
        inputCount = 0;
        outputCount = 0;
        rawCount = 0;
        parameterCount = 0;
        tooMany = null;
        unknownFields = 0;
        if (inputs.length > KEPT_PARTS || outputs.length + raws.length + parameters.length > KEPT_PARTS) {
            shrink();
        }
    }

    // What a rare giant needed is not kept for all that come after it.
    private void shrink() {
        inputs = filled(new Input[0], FIRST_PARTS);
        outputs = filled(new Span[0], FIRST_PARTS);
        raws = filled(new Span[0], FIRST_PARTS);
        parameters = filled(new Parameter[0], FIRST_PARTS);
    }

    Input input(int index) {
        return inputs[index];
    }

    /// The name of a requested output.
    Span output(int index) {
        return outputs[index];
    }

    Span raw(int index) {
        return raws[index];
    }

    Parameter parameter(int index) {
        return parameters[index];
    }

    /// @return the last parameter of that scope and key, or null
    @Nullable
    Parameter parameter(int scope, byte[] key) {
        for (int i = parameterCount - 1; i >= 0; i--) {
            if (parameters[i].scope == scope && parameters[i].key.is(key)) {
                return parameters[i];
            }
        }
        return null;
    }

    Input addInput() {
        if (inputCount == inputs.length) {
            inputs = filled(inputs, inputs.length * 2);
        }
        Input input = inputs[inputCount];
        input.clear();
        inputCount = next(inputCount, "'inputs'");
        return input;
    }

    Span addOutput() {
        if (outputCount == outputs.length) {
            outputs = filled(outputs, outputs.length * 2);
        }
        Span output = outputs[outputCount];
        output.clear();
        outputCount = next(outputCount, "'outputs'");
        return output;
    }

    Span addRaw() {
        if (rawCount == raws.length) {
            raws = filled(raws, raws.length * 2);
        }
        Span raw = raws[rawCount];
        rawCount = next(rawCount, "'raw_input_contents'");
        return raw;
    }

    Parameter addParameter(int scope) {
        if (parameterCount == parameters.length) {
            parameters = filled(parameters, parameters.length * 2);
        }
        Parameter parameter = parameters[parameterCount];
        parameter.clear(scope);
        parameterCount = next(parameterCount, "'parameters'");
        return parameter;
    }

    /// Counts a field that means nothing here.
    void addUnknown() {
        unknownFields = next(unknownFields, "unknown fields");
    }

    // The place after the last kept one is written over and over.
    private int next(int count, String field) {
        if (count < MessageLimits.MAX_ELEMENTS) {
            return count + 1;
        }
        if (tooMany == null) {
            tooMany = field;
        }
        return count;
    }

    private static Input[] filled(Input[] old, int length) {
        Input[] grown = Arrays.copyOf(old, length);
        Arrays.setAll(grown, i -> i < old.length ? old[i] : new Input());
        return grown;
    }

    private static Span[] filled(Span[] old, int length) {
        Span[] grown = Arrays.copyOf(old, length);
        Arrays.setAll(grown, i -> i < old.length ? old[i] : new Span());
        return grown;
    }

    private static Parameter[] filled(Parameter[] old, int length) {
        Parameter[] grown = Arrays.copyOf(old, length);
        Arrays.setAll(grown, i -> i < old.length ? old[i] : new Parameter());
        return grown;
    }
}
