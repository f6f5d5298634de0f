package dev.penstock.loadtest.target;

import dev.penstock.loadtest.engine.AnswerCheck;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.Tolerance;
import java.nio.ByteBuffer;
import java.util.List;

/// Whether an answer by gRPC has the right outputs, raw or typed. Immutable. Reads the message where it lies
/// and allocates a few small objects, whatever the size of the tensors. Outputs beyond the expected ones may
/// be there.
final class MessageCheck implements AnswerCheck {
    // Of ModelStreamInferResponse, ModelInferResponse, InferOutputTensor, InferTensorContents.
    private static final int STREAM_ERROR = 1;
    private static final int STREAM_RESPONSE = 2;
    private static final int OUTPUTS = 5;
    private static final int RAW_CONTENTS = 6;
    private static final int NAME = 1;
    private static final int DATATYPE = 2;
    private static final int SHAPE = 3;
    private static final int CONTENTS = 5;
    private static final int FP32_CONTENTS = 6;
    private static final int FP64_CONTENTS = 7;
    private static final int BYTES_CONTENTS = 8;
    private static final int UINT_CONTENTS = 4;

    private final ExpectedTensor[] expected;
    private final boolean isStream;

    /// @param isStream whether answers are messages of a stream
    MessageCheck(List<Tensor> expected, Tolerance tolerance, boolean isStream) {
        this.expected = expected.stream()
                .map(tensor -> new ExpectedTensor(tensor, tolerance))
                .toArray(ExpectedTensor[]::new);
        this.isStream = isStream;
    }

    @Override
    public boolean accepts(ByteBuffer answer) {
        if (!isStream) {
            return isRight(answer, answer.position(), answer.limit());
        }
        ProtoCursor fields = new ProtoCursor(answer, answer.position(), answer.limit());
        boolean right = false;
        for (int field = fields.next(); field != 0; field = fields.next()) {
            if (field == STREAM_ERROR && fields.to() > fields.from()) {
                return false;
            }
            if (field == STREAM_RESPONSE) {
                right = isRight(answer, fields.from(), fields.to());
            }
        }
        return right && !fields.isBroken();
    }

    private boolean isRight(ByteBuffer in, int from, int end) {
        int[] places = new int[expected.length];
        int outputs = 0;
        int typed = 0;
        ProtoCursor fields = new ProtoCursor(in, from, end);
        for (int field = fields.next(); field != 0; field = fields.next()) {
            if (field == OUTPUTS) {
                outputs++;
                int which = which(in, fields.from(), fields.to());
                if (which >= 0) {
                    if (places[which] != 0) {
                        return false;
                    }
                    places[which] = outputs;
                    int right = output(expected[which], in, fields.from(), fields.to());
                    if (right < 0) {
                        return false;
                    }
                    typed += right;
                }
            }
        }
        if (fields.isBroken()) {
            return false;
        }
        for (int place : places) {
            if (place == 0) {
                return false;
            }
        }
        return typed == expected.length || (typed == 0 && isRawRight(in, from, end, places));
    }

    private boolean isRawRight(ByteBuffer in, int from, int end, int[] places) {
        int raws = 0;
        int right = 0;
        ProtoCursor fields = new ProtoCursor(in, from, end);
        for (int field = fields.next(); field != 0; field = fields.next()) {
            if (field == RAW_CONTENTS) {
                raws++;
                for (int i = 0; i < places.length; i++) {
                    if (places[i] == raws) {
                        if (!expected[i].isRaw(in, fields.from(), fields.to())) {
                            return false;
                        }
                        right++;
                    }
                }
            }
        }
        return right == expected.length;
    }

    private int which(ByteBuffer in, int from, int end) {
        ProtoCursor fields = new ProtoCursor(in, from, end);
        for (int field = fields.next(); field != 0; field = fields.next()) {
            for (int i = 0; field == NAME && i < expected.length; i++) {
                if (expected[i].hasName(in, fields.from(), fields.to())) {
                    return i;
                }
            }
        }
        return -1;
    }

    /// @return -1 if it is wrong, 0 if its values are elsewhere, 1 if its values are here and right
    private static int output(ExpectedTensor tensor, ByteBuffer in, int from, int end) {
        int dims = 0;
        int elements = 0;
        boolean hasDatatype = false;
        boolean hasContents = false;
        ProtoCursor fields = new ProtoCursor(in, from, end);
        for (int field = fields.next(); field != 0; field = fields.next()) {
            switch (field) {
                case DATATYPE -> hasDatatype = tensor.hasDatatype(in, fields.from(), fields.to());
                case SHAPE -> dims = shape(tensor, dims, in, fields);
                case CONTENTS -> {
                    hasContents = true;
                    elements = contents(tensor, in, fields.from(), fields.to());
                }
                default -> {}
            }
            if (dims < 0 || elements < 0) {
                return -1;
            }
        }
        if (fields.isBroken() || !hasDatatype || dims != tensor.rank()) {
            return -1;
        }
        if (hasContents) {
            return elements == tensor.elements() ? 1 : -1;
        }
        return 0;
    }

    private static int shape(ExpectedTensor tensor, int dims, ByteBuffer in, ProtoCursor field) {
        if (field.wireType() == ProtoCursor.VARINT) {
            return tensor.hasDim(dims, field.number()) ? dims + 1 : -1;
        }
        int count = dims;
        ProtoCursor packed = new ProtoCursor(in, field.from(), field.to());
        while (packed.hasMore()) {
            if (!tensor.hasDim(count, packed.varint())) {
                return -1;
            }
            count++;
        }
        return packed.isBroken() ? -1 : count;
    }

    /// @return how many elements there are, all right; -1 if one is wrong
    private static int contents(ExpectedTensor tensor, ByteBuffer in, int from, int end) {
        int elements = 0;
        ProtoCursor lists = new ProtoCursor(in, from, end);
        for (int list = lists.next(); list != 0; list = lists.next()) {
            if (list == BYTES_CONTENTS) {
                if (!tensor.isText() || !tensor.isText(elements, in, lists.from(), lists.to())) {
                    return -1;
                }
                elements++;
            } else if (lists.wireType() != ProtoCursor.BYTES) {
                if (!isRight(tensor, elements, list, lists.number())) {
                    return -1;
                }
                elements++;
            } else {
                elements = packed(tensor, elements, list, new ProtoCursor(in, lists.from(), lists.to()));
                if (elements < 0) {
                    return -1;
                }
            }
        }
        return lists.isBroken() ? -1 : elements;
    }

    private static int packed(ExpectedTensor tensor, int first, int list, ProtoCursor values) {
        int elements = first;
        while (values.hasMore()) {
            long bits = switch (list) {
                case FP32_CONTENTS -> values.fixed(Float.BYTES);
                case FP64_CONTENTS -> values.fixed(Double.BYTES);
                default -> values.varint();
            };
            if (!isRight(tensor, elements, list, bits)) {
                return -1;
            }
            elements++;
        }
        return values.isBroken() ? -1 : elements;
    }

    private static boolean isRight(ExpectedTensor tensor, int index, int list, long bits) {
        if (tensor.isText()) {
            return false;
        }
        return switch (list) {
            case FP32_CONTENTS -> tensor.isReal() && tensor.isReal(index, Float.intBitsToFloat((int) bits));
            case FP64_CONTENTS -> tensor.isReal() && tensor.isReal(index, Double.longBitsToDouble(bits));
            case UINT_CONTENTS -> !tensor.isReal() && tensor.isWhole(index, Integer.toUnsignedLong((int) bits));
            default -> !tensor.isReal() && tensor.isWhole(index, bits);
        };
    }
}
