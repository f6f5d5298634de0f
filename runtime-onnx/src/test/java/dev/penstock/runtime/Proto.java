package dev.penstock.runtime;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Writes one protobuf message field by field. ONNX's own classes are not needed for models of a few nodes.
final class Proto {
    private interface Field {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    static Proto message() {
        return new Proto();
    }

    Proto number(int field, long value) {
        return write(out -> out.writeInt64(field, value));
    }

    Proto text(int field, String value) {
        return write(out -> out.writeString(field, value));
    }

    Proto blob(int field, byte[] value) {
        return write(out -> out.writeBytes(field, ByteString.copyFrom(value)));
    }

    Proto child(int field, Proto value) {
        return blob(field, value.toBytes());
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    private Proto write(Field field) {
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            field.writeTo(out);
            out.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
