package dev.penstock.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A model that answers with the number that it is asked, and fails for some of them. Written byte by byte,
/// as ONNX has it.
final class LookupModel {
    private static final int INT64 = 7;
    private static final int FLOAT = 1;

    private LookupModel() {}

    /// @param answered 0 to answered - 1 are answered, from there to entries - 1 it fails
    static void write(Path folder, int answered, int entries) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("model.onnx"), bytes(answered, entries));
    }

    /// The answer is the number, in rows of as many columns as the table has for it: one, or two, which does
    /// not fit.
    private static byte[] bytes(int answered, int entries) {
        long[] columns = new long[entries];
        for (int i = 0; i < entries; i++) {
            columns[i] = i < answered ? 1 : 2;
        }
        Message graph = new Message()
                .message(1, node("Cast", "index", List.of("x"), attribute("to", INT64)))
                .message(1, node("Gather", "columns", List.of("table", "index"), attribute("axis", 0)))
                .message(1, node("ReduceMax", "most", List.of("columns"), attribute("keepdims", 1)))
                .message(1, node("Reshape", "one", List.of("most", "single"), attribute("allowzero", 0)))
                .message(1, node("Concat", "shape", List.of("rows", "one"), attribute("axis", 0)))
                .message(1, node("Reshape", "y", List.of("x", "shape"), attribute("allowzero", 0)))
                .text(2, "lookup")
                .message(5, longs("table", columns))
                .message(5, longs("single", 1))
                .message(5, longs("rows", -1))
                .message(11, value("x"))
                .message(12, value("y"));
        return new Message()
                .number(1, 8)
                .message(7, graph)
                .message(8, new Message().text(1, "").number(2, 14))
                .out
                .toByteArray();
    }

    private static Message node(String operator, String output, List<String> inputs, Message attribute) {
        Message node = new Message();
        inputs.forEach(input -> node.text(1, input));
        return node.text(2, output).text(4, operator).message(5, attribute);
    }

    private static Message attribute(String name, long value) {
        return new Message().text(1, name).number(3, value).number(20, 2);
    }

    private static Message longs(String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            raw.putLong(value);
        }
        return new Message()
                .number(1, values.length)
                .number(2, INT64)
                .text(8, name)
                .bytes(9, raw.array());
    }

    /// Rows of one number.
    private static Message value(String name) {
        Message shape = new Message().message(1, new Message().text(2, "batch")).message(1, new Message().number(1, 1));
        Message type = new Message().message(1, new Message().number(1, FLOAT).message(2, shape));
        return new Message().text(1, name).message(2, type);
    }

    private static final class Message {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.out.toByteArray());
        }

        Message bytes(int field, byte[] value) {
            varint(((long) field << 3) | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        private void varint(long value) {
            long rest = value;
            while (rest < 0 || rest >= 0x80) {
                out.write((int) ((rest & 0x7f) | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
