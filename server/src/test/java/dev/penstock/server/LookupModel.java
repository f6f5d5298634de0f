package dev.penstock.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// A model that answers a number of a table, and fails for numbers that are not in it. Written byte by byte, as ONNX
/// has it.
final class LookupModel {
    private static final int INT64 = 7;
    private static final int FLOAT = 1;

    private LookupModel() {}

    /// @param entries 0 to entries - 1 are answered
    static void write(Path folder, int entries) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("model.onnx"), bytes(entries));
    }

    private static byte[] bytes(int entries) {
        Message to = new Message().text(1, "to").number(3, INT64).number(20, 2);
        Message cast =
                new Message().text(1, "x").text(2, "i").text(4, "Cast").message(5, to);
        Message axis = new Message().text(1, "axis").number(3, 0).number(20, 2);
        Message gather = new Message()
                .text(1, "table")
                .text(1, "i")
                .text(2, "y")
                .text(4, "Gather")
                .message(5, axis);
        ByteBuffer table = ByteBuffer.allocate(4 * entries).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < entries; i++) {
            table.putFloat(i);
        }
        Message tensor = new Message()
                .number(1, entries)
                .number(2, FLOAT)
                .text(8, "table")
                .bytes(9, table.array());
        Message graph = new Message()
                .message(1, cast)
                .message(1, gather)
                .text(2, "lookup")
                .message(5, tensor)
                .message(11, value("x"))
                .message(12, value("y"));
        return new Message()
                .number(1, 7)
                .message(7, graph)
                .message(8, new Message().text(1, "").number(2, 13))
                .out
                .toByteArray();
    }

    /// Rows of one number.
    private static Message value(String name) {
        Message shape = new Message()
                .message(1, new Message().text(2, "batch"))
                .message(1, new Message().number(1, 1));
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
            return bytes(field, value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.out.toByteArray());
        }

        Message bytes(int field, byte[] value) {
            varint((long) field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        private void varint(long value) {
            long rest = value;
            while (rest >= 0x80) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
