package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// A good request for a model with the inputs `x` and `second`, said in one of the many ways to say it.
final class DrawnRequest {
    static final int MAX_ROWS = 8;
    private static final DataType[] TYPES = DataType.values();
    private static final String NOISE = "0123456789.eE+-,:[]{}\"ntfxNIu \n\\";

    final Signature signature;
    final byte[] body;
    final int jsonBytes;

    private DrawnRequest(Signature signature, byte[] body, int jsonBytes) {
        this.signature = signature;
        this.body = body;
        this.jsonBytes = jsonBytes;
    }

    static DrawnRequest draw(Random random) {
        Signature signature = signature(type(random), type(random), columns(random));
        int rows = 1 + random.nextInt(3);
        ByteArrayOutputStream binary = new ByteArrayOutputStream();
        List<String> inputs = new ArrayList<>();
        boolean swapped = random.nextBoolean();
        inputs.add(input(random, signature.inputs().get(swapped ? 1 : 0), rows, binary));
        inputs.add(input(random, signature.inputs().get(swapped ? 0 : 1), rows, binary));
        List<String> fields = new ArrayList<>();
        fields.add("\"inputs\":[" + String.join(space(random) + ",", inputs) + "]");
        if (random.nextBoolean()) {
            fields.add(key(random, "id") + ":" + string(random));
        }
        if (random.nextBoolean()) {
            fields.add("\"outputs\" : [" + outputs(random) + "]");
        }
        if (random.nextBoolean()) {
            fields.add("\"parameters\":{" + parameters(random) + "}");
        }
        addUnknown(random, fields);
        Collections.shuffle(fields, random);
        String json =
                space(random) + "{" + String.join("," + space(random), fields) + space(random) + "}" + space(random);
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        byte[] blobs = binary.toByteArray();
        byte[] body = new byte[text.length + blobs.length];
        System.arraycopy(text, 0, body, 0, text.length);
        System.arraycopy(blobs, 0, body, text.length, blobs.length);
        return new DrawnRequest(signature, body, text.length);
    }

    /// The same with a byte or two of its JSON changed, doubled or left out.
    DrawnRequest damaged(Random random) {
        byte[] text = damage(Arrays.copyOf(body, jsonBytes), random);
        byte[] damaged = Arrays.copyOf(text, text.length + body.length - jsonBytes);
        System.arraycopy(body, jsonBytes, damaged, text.length, body.length - jsonBytes);
        return new DrawnRequest(signature, damaged, text.length);
    }

    static byte[] damage(byte[] text, Random random) {
        ByteArrayOutputStream damaged = new ByteArrayOutputStream();
        int first = random.nextInt(text.length);
        int second = random.nextInt(3) == 0 ? random.nextInt(text.length) : first;
        for (int i = 0; i < text.length; i++) {
            if (i != first && i != second) {
                damaged.write(text[i]);
                continue;
            }
            switch (random.nextInt(5)) {
                case 0 -> damaged.write(NOISE.charAt(random.nextInt(NOISE.length())));
                case 1 -> {
                    damaged.write(text[i]);
                    damaged.write(text[random.nextInt(text.length)]);
                }
                case 2 -> damaged.write(random.nextInt(256));
                case 3 -> {
                    // A piece from elsewhere: keys and brackets come twice.
                    int from = random.nextInt(text.length);
                    damaged.write(text, from, Math.min(text.length - from, random.nextInt(40)));
                }
                default -> {}
            }
        }
        return damaged.toByteArray();
    }

    static Signature signature(DataType first, DataType second, int columns) {
        List<TensorSpec> specs =
                List.of(TensorSpec.of("x", first, -1, columns), TensorSpec.of("second", second, -1, 2));
        return new Signature(specs, specs, MAX_ROWS);
    }

    static DataType type(Random random) {
        return TYPES[random.nextInt(TYPES.length)];
    }

    private static int columns(Random random) {
        return 1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 4);
    }

    static String space(Random random) {
        return random.nextInt(3) == 0 ? "\n\t " : "";
    }

    /// In quotes, now and then with an escape.
    private static String key(Random random, String key) {
        if (random.nextInt(10) > 0) {
            return '"' + key + '"';
        }
        return "\"\\u%04x%s\"".formatted((int) key.charAt(0), key.substring(1));
    }

    private static String string(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> "\"\"";
            case 1 -> "\"a b\\n\\\"\\\\\\/\\b\\f\\r\\t%\"";
            case 2 -> "\"gr\u00fc\u00dfe \ud83d\ude00\"";
            case 3 -> "\"\\u00fc\\uD83D\\ude00\\u0000\\u4e2d\"";
            case 4 -> "\"" + "long ".repeat(random.nextInt(80)) + "\"";
            default -> '"' + Long.toString(random.nextLong(), 36) + '"';
        };
    }

    static void addUnknown(Random random, List<String> fields) {
        String[] values = {
            "1",
            "-0.5e+7",
            "null",
            "true",
            "NaN",
            "-Infinity",
            "{}",
            "[]",
            "[1,[{\"a\":[]},\"\\u00e9\"],{}]",
            "{\"x\":{\"inputs\":[null]},\"y\":false}",
        };
        if (random.nextInt(3) == 0) {
            fields.add(string(random) + " : " + values[random.nextInt(values.length)]);
        }
    }

    private static String outputs(Random random) {
        String first = "{\"name\":\"x\""
                + (random.nextBoolean() ? ",\"parameters\":{\"binary_data\":" + random.nextBoolean() + "}" : "")
                + "}";
        String second = "{ \"parameters\" : { } , \"name\":\"second\",\"own\":[1]}";
        return switch (random.nextInt(4)) {
            case 0 -> first;
            case 1 -> second;
            case 2 -> second + "," + first;
            default -> "";
        };
    }

    private static String parameters(Random random) {
        List<String> fields = new ArrayList<>();
        if (random.nextBoolean()) {
            fields.add("\"binary_data_output\":" + random.nextBoolean());
        }
        if (random.nextBoolean()) {
            String micros = Integer.toString(random.nextInt(1_000_000));
            fields.add("\"timeout\": " + (random.nextBoolean() ? micros : '"' + micros + '"'));
        }
        if (random.nextBoolean()) {
            fields.add("\"priority\":" + Long.toUnsignedString(random.nextLong() >>> random.nextInt(64)));
        }
        if (random.nextInt(3) == 0) {
            fields.add("\"non_finite\":\"" + (random.nextBoolean() ? "string" : "error") + '"');
        }
        if (random.nextInt(5) == 0) {
            fields.add("\"sequence_id\":" + (random.nextBoolean() ? "0" : "\"\""));
        }
        addUnknown(random, fields);
        Collections.shuffle(fields, random);
        return String.join(" , ", fields);
    }

    private static String input(Random random, TensorSpec spec, int rows, ByteArrayOutputStream binary) {
        int columns = (int) spec.shape().dim(1);
        List<String> fields = new ArrayList<>();
        fields.add(key(random, "name") + ":\"" + spec.name() + "\"");
        fields.add("\"datatype\" :\"" + spec.type() + "\"");
        fields.add("\"shape\": [" + rows + ", " + columns + "]");
        if (random.nextInt(3) == 0) {
            byte[] bytes = elements(random, spec.type(), rows * columns);
            binary.writeBytes(bytes);
            fields.add("\"parameters\":{\"binary_data_size\":" + bytes.length + "}");
        } else {
            fields.add("\"data\":" + data(random, spec.type(), rows, columns));
            if (random.nextInt(5) == 0) {
                fields.add("\"parameters\":{}");
            }
        }
        addUnknown(random, fields);
        Collections.shuffle(fields, random);
        return "{" + String.join(space(random) + ",", fields) + space(random) + "}";
    }

    private static byte[] elements(Random random, DataType type, int count) {
        int width = type.hasFixedSize() ? type.byteSize() : 7;
        byte[] bytes = new byte[count * width];
        random.nextBytes(bytes);
        for (int i = 0; i < count && !type.hasFixedSize(); i++) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(i * width, 3);
        }
        return bytes;
    }

    private static String data(Random random, DataType type, int rows, int columns) {
        boolean nested = random.nextBoolean();
        StringBuilder text = new StringBuilder("[");
        for (int row = 0; row < rows; row++) {
            text.append(row == 0 ? "" : ",").append(nested ? "[" : "");
            for (int column = 0; column < columns; column++) {
                text.append(column == 0 ? "" : random.nextBoolean() ? "," : " , ");
                text.append(element(random, type));
            }
            text.append(nested ? "]" : "");
        }
        return text.append("]").toString();
    }

    static String element(Random random, DataType type) {
        return switch (type) {
            case FP16 -> decimal(random, 60_000);
            case BF16, FP32, FP64 -> decimal(random, 1e30);
            case BOOL ->
                random.nextBoolean() ? Boolean.toString(random.nextBoolean()) : Integer.toString(random.nextInt(2));
            case INT64 -> Long.toString(random.nextLong());
            case INT32 -> Integer.toString(random.nextInt());
            case INT16 -> Integer.toString((short) random.nextInt());
            case INT8 -> Integer.toString((byte) random.nextInt());
            case UINT64 -> Long.toUnsignedString(random.nextLong());
            case UINT32 -> Integer.toUnsignedString(random.nextInt());
            case UINT16 -> Integer.toString(random.nextInt(1 << 16));
            case UINT8 -> Integer.toString(random.nextInt(1 << 8));
            case BYTES -> string(random);
        };
    }

    private static String decimal(Random random, double most) {
        return switch (random.nextInt(5)) {
            case 0 -> Integer.toString(random.nextInt(2000) - 1000);
            case 1 -> Float.toString(random.nextFloat());
            case 2 -> Double.toString(random.nextGaussian());
            case 3 -> Double.toString(most * (random.nextDouble() - 0.5)).replace("E", "e+");
            default -> List.of("NaN", "Infinity", "-Infinity", "-0.0", "0").get(random.nextInt(5));
        };
    }

    @Override
    public String toString() {
        return new String(body, 0, jsonBytes, StandardCharsets.ISO_8859_1);
    }
}
