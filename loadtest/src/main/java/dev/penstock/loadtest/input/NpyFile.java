package dev.penstock.loadtest.input;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads arrays as NumPy saves them: the first dimension counts the rows.
final class NpyFile {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)(\\w)(\\d+)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*True");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\s]*)\\)");
    private static final BigInteger MAX = BigInteger.valueOf(Integer.MAX_VALUE);

    private final String where;
    private final ByteBuffer in;

    private NpyFile(String where, byte[] bytes) {
        this.where = where;
        this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// @param spec what the values are for; its datatype has to be the file's
    /// @throws InputError saying what is wrong with the file
    static RowTable read(String where, byte[] bytes, TensorSpec spec) {
        return new NpyFile(where, bytes).read(spec);
    }

    private RowTable read(TensorSpec spec) {
        String header = header();
        Matcher descr = DESCR.matcher(header);
        if (!descr.find()) {
            throw wrong("its array has no simple type", "numbers, booleans or strings; not objects or structures");
        }
        List<Long> shape = shape(header);
        if (shape.isEmpty()) {
            throw wrong("an array without dimensions", "the first dimension to count the rows");
        }
        if (FORTRAN.matcher(header).find() && shape.size() > 1) {
            throw wrong("an array in Fortran order", "C order: numpy.ascontiguousarray(a)");
        }
        String type = descr.group(2) + descr.group(3);
        String datatype = datatype(type, spec);
        if (!datatype.equals(spec.datatype())) {
            throw wrong(
                    type + " (" + datatype + ")", spec.datatype() + ", which '" + spec.name() + "' is; a.astype(…)");
        }
        List<Long> rowShape = shape.subList(1, shape.size());
        List<RowTable.Row> rows = rows(descr, shape).stream()
                .map(data -> new RowTable.Row(rowShape, data))
                .toList();
        return new RowTable(where, spec.name(), datatype, rows);
    }

    private String header() {
        byte[] magic = new byte[MAGIC.length];
        if (in.remaining() < MAGIC.length + 4) {
            throw wrong(in.remaining() + " bytes", "a .npy file");
        }
        in.get(magic);
        int major = in.get();
        in.get();
        if (!Arrays.equals(magic, MAGIC) || major < 1 || major > 3) {
            throw wrong("no array that NumPy saved", "a .npy file of version 1 to 3");
        }
        long length = major == 1
                ? Short.toUnsignedLong(in.getShort())
                : in.remaining() >= Integer.BYTES ? Integer.toUnsignedLong(in.getInt()) : Long.MAX_VALUE;
        if (length > in.remaining()) {
            throw wrong("it ends within its header", "a whole .npy file");
        }
        byte[] header = new byte[(int) length];
        in.get(header);
        return new String(header, StandardCharsets.ISO_8859_1);
    }

    private List<Long> shape(String header) {
        Matcher shape = SHAPE.matcher(header);
        if (!shape.find()) {
            throw wrong("it has no shape", "a .npy file");
        }
        List<Long> dims = new ArrayList<>();
        for (String dim : shape.group(1).split(",", -1)) {
            if (!dim.isBlank()) {
                BigInteger size = new BigInteger(dim.strip());
                if (size.compareTo(MAX) > 0) {
                    throw wrong("a dimension of " + size, MAX + " at most");
                }
                dims.add(size.longValue());
            }
        }
        return dims;
    }

    private static String datatype(String type, TensorSpec spec) {
        return switch (type) {
            case "b1" -> "BOOL";
            case "i1" -> "INT8";
            case "i2" -> "INT16";
            case "i4" -> "INT32";
            case "i8" -> "INT64";
            case "u1" -> "UINT8";
            // NumPy has no BF16; its libraries save it as one of these.
            case "u2", "V2" -> spec.datatype().equals("BF16") ? "BF16" : "UINT16";
            case "u4" -> "UINT32";
            case "u8" -> "UINT64";
            case "f2" -> "FP16";
            case "f4" -> "FP32";
            case "f8" -> "FP64";
            default -> type.startsWith("U") || type.startsWith("S") ? "BYTES" : "unknown";
        };
    }

    private List<ByteString> rows(Matcher descr, List<Long> shape) {
        boolean isBig = descr.group(1).equals(">");
        boolean isUnicode = descr.group(2).equals("U");
        long unit = Long.parseLong(descr.group(3));
        long elementBytes = isUnicode ? unit * Integer.BYTES : unit;
        long elements = Tensor.elements(where, shape);
        if (elementBytes * elements != in.remaining()) {
            throw wrong(
                    in.remaining() + " bytes of values",
                    elementBytes * elements + ", its shape is " + TensorSpec.text(shape));
        }
        boolean isText = isUnicode || descr.group(2).equals("S");
        int rowCount = Math.toIntExact(shape.getFirst());
        int rowBytes = rowCount == 0 ? 0 : in.remaining() / rowCount;
        List<ByteString> rows = new ArrayList<>(rowCount);
        byte[] row = new byte[rowBytes];
        for (int i = 0; i < rowCount; i++) {
            in.get(row);
            if (isText) {
                rows.add(texts(row, (int) elementBytes, isUnicode, isBig));
            } else {
                rows.add(ByteString.copyFrom(isBig ? swapped(row, (int) elementBytes) : row));
            }
        }
        return rows;
    }

    private static byte[] swapped(byte[] row, int elementBytes) {
        byte[] swapped = new byte[row.length];
        for (int i = 0; i < row.length; i++) {
            int within = i % elementBytes;
            swapped[i - within + elementBytes - 1 - within] = row[i];
        }
        return swapped;
    }

    // NumPy fills strings up with zeros.
    private static ByteString texts(byte[] row, int elementBytes, boolean isUnicode, boolean isBig) {
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        for (int at = 0; elementBytes > 0 && at < row.length; at += elementBytes) {
            if (isUnicode) {
                String text = new String(
                        row, at, elementBytes, isBig ? StandardCharsets.UTF_32BE : StandardCharsets.UTF_32LE);
                int end = text.length();
                while (end > 0 && text.charAt(end - 1) == 0) {
                    end--;
                }
                Elements.putText(text.substring(0, end).getBytes(StandardCharsets.UTF_8), texts);
            } else {
                int end = at + elementBytes;
                while (end > at && row[end - 1] == 0) {
                    end--;
                }
                Elements.putText(Arrays.copyOfRange(row, at, end), texts);
            }
        }
        return ByteString.copyFrom(texts.toByteArray());
    }

    private InputError wrong(String found, String expected) {
        return new InputError(where + ": " + found + " (expected: " + expected + ")");
    }
}
