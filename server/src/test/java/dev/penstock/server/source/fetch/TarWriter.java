package dev.penstock.server.source.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Locale;

/// Writes tar archives, also such as no tool would.
final class TarWriter {
    private static final int BLOCK = 512;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    TarWriter file(String path, String content) {
        return entry('0', path, content);
    }

    TarWriter folder(String path) {
        return entry('5', path, "");
    }

    TarWriter entry(char type, String path, String content) {
        return entry(type, path, content, content.getBytes(UTF_8).length);
    }

    /// @param bytes that its header says it has
    TarWriter entry(char type, String path, String content, long bytes) {
        return entry(type, "", path, content, bytes);
    }

    TarWriter prefixed(String prefix, String path, String content) {
        return entry('0', prefix, path, content, content.length());
    }

    private TarWriter entry(char type, String prefix, String path, String content, long bytes) {
        byte[] header = new byte[BLOCK];
        put(header, 0, path);
        put(header, 124, String.format(Locale.ROOT, "%011o", bytes));
        put(header, 148, " ".repeat(8));
        header[156] = (byte) type;
        put(header, 257, "ustar\00000");
        put(header, 345, prefix);
        int sum = 0;
        for (byte one : header) {
            sum += one & 0xff;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
        out.writeBytes(header);
        byte[] data = content.getBytes(UTF_8);
        out.writeBytes(data);
        out.writeBytes(new byte[(BLOCK - data.length % BLOCK) % BLOCK]);
        return this;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    /// A line of a note.
    static String pax(String name, String value) {
        int rest = name.length() + value.length() + 3;
        int length = rest + Integer.toString(rest).length();
        length = rest + Integer.toString(length).length();
        return length + " " + name + "=" + value + "\n";
    }

    byte[] bytes() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(new byte[2 * BLOCK]);
        return whole.toByteArray();
    }
}
