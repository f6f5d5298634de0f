package dev.penstock.loadtest.target;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// One pass over the answer to a request by REST. Confined. Values that stand before the name of their output
/// cannot be compared; they are skipped, and a second pass knows the names.
final class BodyReading {
    private static final int OTHER = -1;

    private final ExpectedTensor[] expected;
    private final boolean[] found;
    private final List<String> known;
    private final List<String> names = new ArrayList<>();
    private final List<Long> blobBytes = new ArrayList<>();
    private boolean wrong;
    private boolean skippedValues;

    /// @param known names of all outputs in their order, from the first pass; empty in it
    BodyReading(ExpectedTensor[] expected, List<String> known) {
        this.expected = expected;
        this.found = new boolean[expected.length];
        this.known = known;
    }

    boolean hasSkippedValues() {
        return skippedValues;
    }

    List<String> names() {
        return names;
    }

    /// @return whether it is an answer, and right as far as values were compared
    boolean read(JsonParser json, ByteBuffer answer) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (!wrong && json.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean isOutputs = json.currentName().equals("outputs");
            if (json.nextToken() == JsonToken.START_ARRAY && isOutputs) {
                while (!wrong && json.nextToken() == JsonToken.START_OBJECT) {
                    output(json);
                }
            } else {
                json.skipChildren();
            }
        }
        if (wrong || json.currentToken() != JsonToken.END_OBJECT) {
            return false;
        }
        return isBlobsRight(answer, json.currentLocation().getByteOffset()) && isAllFound();
    }

    private boolean isAllFound() {
        for (boolean one : found) {
            if (!one) {
                return false;
            }
        }
        return true;
    }

    private void output(JsonParser json) {
        int index = names.size();
        boolean isNamed = index < known.size();
        names.add(isNamed ? known.get(index) : "");
        String datatype = "";
        long[] shape = {};
        long bytes = -1;
        long elements = -1;
        while (!wrong && json.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "name" -> {
                    names.set(index, json.getValueAsString(""));
                    isNamed = true;
                }
                case "datatype" -> datatype = json.getValueAsString("");
                case "shape" -> shape = shape(json);
                case "parameters" -> bytes = blobBytes(json);
                case "data" -> elements = data(json, isNamed ? find(names.get(index)) : OTHER, isNamed);
                default -> json.skipChildren();
            }
        }
        blobBytes.add(bytes);
        end(find(names.get(index)), datatype, shape, bytes >= 0, elements);
    }

    private void end(int which, String datatype, long[] shape, boolean isBlob, long elements) {
        if (which == OTHER || wrong) {
            return;
        }
        ExpectedTensor tensor = expected[which];
        boolean hasValues = isBlob || skippedValues || elements == tensor.elements();
        wrong = found[which] || !hasValues || !tensor.datatype().equals(datatype) || !tensor.hasShape(shape);
        found[which] = true;
    }

    private int find(String name) {
        for (int i = 0; i < expected.length; i++) {
            if (expected[i].name().equals(name)) {
                return i;
            }
        }
        return OTHER;
    }

    private long[] shape(JsonParser json) {
        long[] shape = {};
        while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            shape = Arrays.copyOf(shape, shape.length + 1);
            shape[shape.length - 1] = json.getLongValue();
        }
        wrong |= json.currentToken() != JsonToken.END_ARRAY;
        return shape;
    }

    private long blobBytes(JsonParser json) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return -1;
        }
        long bytes = -1;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean isSize = json.currentName().equals("binary_data_size");
            if (json.nextToken() == JsonToken.VALUE_NUMBER_INT && isSize) {
                bytes = json.getLongValue();
            } else {
                json.skipChildren();
            }
        }
        return bytes;
    }

    /// Compares values, however deeply nested.
    ///
    /// @return how many there were
    private long data(JsonParser json, int which, boolean isNamed) {
        if (which == OTHER) {
            skippedValues |= !isNamed;
            json.skipChildren();
            return -1;
        }
        int elements = 0;
        int depth = 0;
        JsonToken token = json.currentToken();
        do {
            if (token == JsonToken.START_ARRAY) {
                depth++;
            } else if (token == JsonToken.END_ARRAY) {
                depth--;
            } else {
                wrong = !isRight(expected[which], elements, json, token);
                elements++;
            }
            token = depth > 0 && !wrong ? json.nextToken() : null;
        } while (token != null);
        return elements;
    }

    private static boolean isRight(ExpectedTensor tensor, int index, JsonParser json, JsonToken token) {
        if (tensor.isText()) {
            return token == JsonToken.VALUE_STRING && tensor.isText(index, json.getString());
        }
        return switch (token) {
            case VALUE_TRUE -> !tensor.isReal() && tensor.isWhole(index, 1);
            case VALUE_FALSE -> !tensor.isReal() && tensor.isWhole(index, 0);
            case VALUE_NUMBER_INT ->
                tensor.isReal() ? tensor.isWritten(index, json.getDoubleValue()) : isWhole(tensor, index, json);
            case VALUE_NUMBER_FLOAT -> tensor.isReal() && tensor.isWritten(index, json.getDoubleValue());
            case VALUE_STRING -> tensor.isReal() && tensor.isWritten(index, nonFinite(json.getString()));
            default -> false;
        };
    }

    private static boolean isWhole(ExpectedTensor tensor, int index, JsonParser json) {
        if (json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return tensor.isWhole(index, json.getLongValue());
        }
        BigInteger value = json.getBigIntegerValue();
        return value.signum() > 0
                && value.bitLength() == Long.SIZE
                && tensor.datatype().equals("UINT64")
                && tensor.isWhole(index, value.longValue());
    }

    // Some servers say in strings what JSON has no numbers for. Any other text is near nothing.
    private static double nonFinite(String text) {
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> Double.MAX_VALUE;
        };
    }

    private boolean isBlobsRight(ByteBuffer answer, long jsonBytes) {
        long at = answer.position() + jsonBytes;
        for (int i = 0; i < blobBytes.size(); i++) {
            long bytes = blobBytes.get(i);
            if (bytes < 0) {
                continue;
            }
            if (bytes > answer.limit() - at) {
                return false;
            }
            int which = find(names.get(i));
            if (which != OTHER && !expected[which].isRaw(answer, (int) at, (int) (at + bytes))) {
                return false;
            }
            at += bytes;
        }
        return true;
    }
}
