package dev.penstock.runtime;

import dev.penstock.core.ModelContent;
import dev.penstock.core.ModelLoadException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Says what is wrong with a model file, in words for the person who put it there.
final class ModelFile {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    /// A tag and a length, each of at most this many bytes.
    private static final int VARINT_BYTES = 10;

    /// The fields of an ONNX model, each with its encoding.
    private static final Map<Long, Integer> WIRE_TYPES = Map.ofEntries(
            Map.entry(1L, VARINT),
            Map.entry(2L, LENGTH_DELIMITED),
            Map.entry(3L, LENGTH_DELIMITED),
            Map.entry(4L, LENGTH_DELIMITED),
            Map.entry(5L, VARINT),
            Map.entry(6L, LENGTH_DELIMITED),
            Map.entry(7L, LENGTH_DELIMITED),
            Map.entry(8L, LENGTH_DELIMITED),
            Map.entry(14L, LENGTH_DELIMITED),
            Map.entry(20L, LENGTH_DELIMITED),
            Map.entry(25L, LENGTH_DELIMITED),
            Map.entry(26L, LENGTH_DELIMITED));

    private ModelFile() {}

    /// @throws ModelLoadException unless `file` is a regular file that can be read and has content
    static void check(Path file) {
        String name = nameOf(file);
        if (!Files.exists(file)) {
            throw new ModelLoadException(name + " does not exist");
        }
        if (!Files.isRegularFile(file)) {
            throw new ModelLoadException(name + " is not a regular file");
        }
        if (!Files.isReadable(file)) {
            throw new ModelLoadException(name + " cannot be read: permission denied");
        }
        try {
            if (Files.size(file) == 0) {
                throw new ModelLoadException(name + " is empty");
            }
        } catch (IOException e) {
            throw new ModelLoadException(name + " cannot be read: " + e, e);
        }
    }

    /// Why content that could not be parsed is no ONNX model. Reads only the frame of its outermost message.
    static String describeDamage(ModelContent content) {
        return content.name()
                + switch (content) {
                    case ModelContent.InFile(Path file) -> damage(file);
                    case ModelContent.InMemory memory -> damage(memory);
                };
    }

    private static String damage(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return walk((into, at) -> channel.read(into, at), channel.size());
        } catch (IOException e) {
            return " cannot be read: " + e;
        }
    }

    private static String damage(ModelContent.InMemory memory) {
        try (ModelImage image = new ModelImage(memory)) {
            ByteBuffer bytes = image.buffer();
            int size = bytes.limit();
            return walk(
                    (into, at) -> into.put(bytes.slice((int) at, Math.min(into.remaining(), size - (int) at))), size);
        } catch (IOException | ModelLoadException e) {
            return " cannot be read: " + e.getMessage();
        }
    }

    /// Bytes that can be read from anywhere.
    @FunctionalInterface
    private interface Bytes {
        /// Fills the buffer as far as there are bytes; one that is not filled is told by its position.
        void read(ByteBuffer into, long at) throws IOException;
    }

    static String nameOf(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }

    private static String walk(Bytes bytes, long size) throws IOException {
        long at = 0;
        while (at < size) {
            ByteBuffer head = ByteBuffer.allocate(2 * VARINT_BYTES);
            bytes.read(head, at);
            head.flip();
            long tag = varint(head);
            Integer wireType = WIRE_TYPES.get(tag >>> 3);
            if (tag < 0 || wireType == null || (tag & 7) != wireType) {
                return " is not an ONNX model: no field of one begins at byte %d of %d".formatted(at, size);
            }
            long value = varint(head);
            long length = wireType == VARINT ? 0 : value;
            long left = size - at - head.position();
            if (value < 0 || length > left) {
                return " is truncated: field %d at byte %d does not fit into the file's %d bytes"
                        .formatted(tag >>> 3, at, size);
            }
            at += head.position() + length;
        }
        return " is damaged: its frame is that of an ONNX model, its content is not";
    }

    /// @return the number at the buffer's position, or -1 if it is cut off or longer than any that belongs here
    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE - 1 && from.hasRemaining(); shift += 7) {
            byte next = from.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        return -1;
    }
}
