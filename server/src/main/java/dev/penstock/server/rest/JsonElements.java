package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// How the elements of each type of fixed size stand in JSON.
enum JsonElements {
    BOOL("true, false, 1 or 0") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
                out.put((byte) (token == JsonToken.VALUE_TRUE ? 1 : 0));
                return true;
            }
            return isLong(json, token) && putInteger(json.getLongValue(), 0, 1, 1, out);
        }
    },
    UINT8("an integer from 0 to 255") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            return isLong(json, token) && putInteger(json.getLongValue(), 0, 0xff, 1, out);
        }
    },
    UINT16("an integer from 0 to 65535") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            return isLong(json, token) && putInteger(json.getLongValue(), 0, 0xffff, 2, out);
        }
    },
    UINT32("an integer from 0 to 4294967295") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            return isLong(json, token) && putInteger(json.getLongValue(), 0, 0xffff_ffffL, 4, out);
        }
    },
    UINT64("an integer from 0 to 18446744073709551615") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            if (token != JsonToken.VALUE_NUMBER_INT) {
                return false;
            }
            if (isLong(json, token)) {
                return putInteger(json.getLongValue(), 0, Long.MAX_VALUE, 8, out);
            }
            BigInteger value = json.getBigIntegerValue();
            if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
                return false;
            }
            out.putLong(value.longValue());
            return true;
        }
    },
    INT8("an integer from -128 to 127") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            return isLong(json, token) && putInteger(json.getLongValue(), Byte.MIN_VALUE, Byte.MAX_VALUE, 1, out);
        }
    },
    INT16("an integer from -32768 to 32767") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            return isLong(json, token) && putInteger(json.getLongValue(), Short.MIN_VALUE, Short.MAX_VALUE, 2, out);
        }
    },
    INT32("an integer from -2147483648 to 2147483647") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            return isLong(json, token) && putInteger(json.getLongValue(), Integer.MIN_VALUE, Integer.MAX_VALUE, 4, out);
        }
    },
    INT64("an integer from -9223372036854775808 to 9223372036854775807") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            return isLong(json, token) && putInteger(json.getLongValue(), Long.MIN_VALUE, Long.MAX_VALUE, 8, out);
        }
    },
    FP16("a number from -65504 to 65504, NaN, Infinity or -Infinity") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            if (!isNumber(token)) {
                return false;
            }
            short bits = SmallFloats.toFp16(exactly(json));
            out.putShort(bits);
            return isMeant(Float.float16ToFloat(bits), json);
        }
    },
    BF16("a number in the range of BF16, NaN, Infinity or -Infinity") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            if (!isNumber(token)) {
                return false;
            }
            short bits = SmallFloats.toBf16(exactly(json));
            out.putShort(bits);
            return isMeant(SmallFloats.fromBf16(bits), json);
        }
    },
    FP32("a number in the range of FP32, NaN, Infinity or -Infinity") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            if (!isNumber(token)) {
                return false;
            }
            // From a long there is one rounding; the parser would make a double of it first.
            float value = isLong(json, token) ? (float) json.getLongValue() : json.getFloatValue();
            out.putFloat(value);
            return isMeant(value, json);
        }
    },
    FP64("a number in the range of FP64, NaN, Infinity or -Infinity") {
        @Override
        boolean read(JsonParser json, JsonToken token, ByteBuffer out) {
            if (!isNumber(token)) {
                return false;
            }
            double value = json.getDoubleValue();
            out.putDouble(value);
            return isMeant(value, json);
        }
    };

    private final String expected;

    JsonElements(String expected) {
        this.expected = expected;
    }

    /// @throws IllegalArgumentException for [DataType#BYTES], whose elements have no fixed size
    static JsonElements of(DataType type) {
        return valueOf(type.name());
    }

    /// What an element has to be, for messages.
    String expected() {
        return expected;
    }

    /// Appends the value the parser is at to `out`, which is little-endian and has room.
    ///
    /// @return false if it is not a value of this type; what was appended is then of no use
    abstract boolean read(JsonParser json, JsonToken token, ByteBuffer out);

    private static boolean isLong(JsonParser json, JsonToken token) {
        return token == JsonToken.VALUE_NUMBER_INT && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    }

    private static boolean isNumber(JsonToken token) {
        return token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
    }

    private static boolean putInteger(long value, long min, long max, int bytes, ByteBuffer out) {
        if (value < min || value > max) {
            return false;
        }
        switch (bytes) {
            case 1 -> out.put((byte) value);
            case 2 -> out.putShort((short) value);
            case 4 -> out.putInt((int) value);
            default -> out.putLong(value);
        }
        return true;
    }

    private static double exactly(JsonParser json) {
        double nearest = json.getDoubleValue();
        return Double.isFinite(nearest) ? SmallFloats.undecided(nearest, json.getDecimalValue()) : nearest;
    }

    /// A finite number must not have become an infinite one.
    private static boolean isMeant(double value, JsonParser json) {
        return Double.isFinite(value) || isNonNumeric(json);
    }

    private static boolean isNonNumeric(JsonParser json) {
        String text = json.getString();
        return text.endsWith("N") || text.endsWith("y") || text.endsWith("F");
    }
}
