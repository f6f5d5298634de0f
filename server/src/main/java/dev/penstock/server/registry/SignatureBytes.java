package dev.penstock.server.registry;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/// A signature as bytes, with a sum that tells whether they are what was written. Pure.
final class SignatureBytes {
    /// To be changed when what is written, or what loading a model finds, means something else.
    private static final int FORMAT = 0x50_53_00_01;

    private static final int SUM_BYTES = Long.BYTES;

    private SignatureBytes() {}

    static byte[] write(Signature signature) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(FORMAT);
            out.writeInt(signature.maxBatchSize());
            write(signature.inputs(), out);
            write(signature.outputs(), out);
            out.writeLong(sum(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
        return bytes.toByteArray();
    }

    private static void write(List<TensorSpec> specs, DataOutputStream out) throws IOException {
        out.writeInt(specs.size());
        for (TensorSpec spec : specs) {
            write(spec.name(), out);
            write(spec.type().name(), out);
            out.writeBoolean(spec.optional());
            out.writeInt(spec.shape().rank());
            for (int i = 0; i < spec.shape().rank(); i++) {
                out.writeLong(spec.shape().dim(i));
                write(spec.dimNames().get(i), out);
            }
        }
    }

    private static void write(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /// @throws IOException if that is not what [#write] gave
    static Signature read(byte[] bytes) throws IOException {
        int end = bytes.length - SUM_BYTES;
        if (end < 0) {
            throw new IOException("%d bytes (expected: >= %d)".formatted(bytes.length, SUM_BYTES));
        }
        try (DataInputStream sum = new DataInputStream(new ByteArrayInputStream(bytes, end, SUM_BYTES));
                DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, end))) {
            if (sum.readLong() != sum(bytes, end) || in.readInt() != FORMAT) {
                throw new IOException("it is damaged, or of another release");
            }
            int maxBatchSize = in.readInt();
            return new Signature(specs(in), specs(in), maxBatchSize);
        } catch (IllegalArgumentException e) {
            throw new IOException("it says what cannot be", e);
        }
    }

    private static List<TensorSpec> specs(DataInputStream in) throws IOException {
        List<TensorSpec> specs = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            String name = text(in);
            String typeName = text(in);
            DataType type = DataType.byName(typeName);
            if (type == null) {
                throw new IOException("type: " + typeName);
            }
            boolean optional = in.readBoolean();
            int rank = in.readInt();
            if (rank < 0 || rank > in.available()) {
                throw new IOException("rank: " + rank);
            }
            long[] dims = new long[rank];
            List<String> names = new ArrayList<>();
            for (int i = 0; i < dims.length; i++) {
                dims[i] = in.readLong();
                names.add(text(in));
            }
            specs.add(new TensorSpec(name, type, Shape.of(dims), names, optional));
        }
        return specs;
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static long sum(byte[] bytes, int length) {
        CRC32 sum = new CRC32();
        sum.update(Arrays.copyOf(bytes, length));
        return sum.getValue();
    }
}
