package dev.penstock.server.monitoring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An array as NumPy stores it (`numpy.save`, format 1.0 to 3.0), of numbers, in rows, of one or two
/// dimensions. Immutable.
final class NpyArray {
    private static final Pattern TYPE = Pattern.compile("'descr':\\s*'([<>|=])([fiub])(\\d)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order':\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\((\\d+),?\\s*(\\d*),?\\s*\\)");
    private static final int SHORT_HEAD = 10;
    private static final int LONG_HEAD = 12;

    private final ByteBuffer data;
    private final String type;
    private final int rows;
    private final int columns;

    private NpyArray(ByteBuffer data, String type, int rows, int columns) {
        this.data = data;
        this.type = type;
        this.rows = rows;
        this.columns = columns;
    }

    /// @throws IllegalArgumentException if it is none
    static NpyArray read(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < LONG_HEAD
                || in.get(0) != (byte) 0x93
                || !new String(file, 1, 5, ISO_8859_1).equals("NUMPY")) {
            throw new IllegalArgumentException("no file of NumPy (expected: one of numpy.save)");
        }
        int head = in.get(6) == 1 ? SHORT_HEAD : LONG_HEAD;
        long length = head == SHORT_HEAD ? in.getShort(8) & 0xffff : in.getInt(8) & 0xffffffffL;
        if (head + length > file.length) {
            throw new IllegalArgumentException(
                    "a header of %d bytes in %d (expected: less)".formatted(length, file.length));
        }
        String text = new String(file, head, (int) length, ISO_8859_1);
        Matcher type = found(TYPE, text);
        Matcher shape = found(SHAPE, text);
        if (found(ORDER, text).group(1).equals("True")) {
            throw new IllegalArgumentException("an array in columns (expected: in rows, fortran_order False)");
        }
        long rows = Long.parseLong(shape.group(1));
        long columns = shape.group(2).isEmpty() ? 1 : Long.parseLong(shape.group(2));
        int size = Integer.parseInt(type.group(3));
        long left = file.length - head - length;
        if (rows <= 0 || columns <= 0 || rows > left || columns > left || rows * columns * size != left) {
            throw new IllegalArgumentException(
                    "%d bytes for %d rows of %d columns of %d bytes".formatted(left, rows, columns, size));
        }
        ByteBuffer data = in.slice((int) (head + length), (int) left)
                .order(type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        return new NpyArray(data, type.group(2) + size, (int) rows, (int) columns);
    }

    private static Matcher found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalArgumentException(
                    "a header of NumPy with %s (expected: numbers of one or two dimensions)".formatted(text.strip()));
        }
        return matcher;
    }

    int columns() {
        return columns;
    }

    double[] column(int column) {
        double[] values = new double[rows];
        for (int row = 0; row < rows; row++) {
            values[row] = value((long) row * columns + column);
        }
        return values;
    }

    private double value(long index) {
        int at = (int) index;
        return switch (type) {
            case "f4" -> (double) data.getFloat(4 * at);
            case "f8" -> data.getDouble(8 * at);
            case "i1" -> (double) data.get(at);
            case "u1", "b1" -> (double) (data.get(at) & 0xff);
            case "i2" -> (double) data.getShort(2 * at);
            case "u2" -> (double) (data.getShort(2 * at) & 0xffff);
            case "i4" -> (double) data.getInt(4 * at);
            case "u4" -> (double) (data.getInt(4 * at) & 0xffffffffL);
            case "i8" -> (double) data.getLong(8 * at);
            default ->
                throw new IllegalArgumentException("numbers of type %s (expected: f4, f8 or integers)".formatted(type));
        };
    }
}
