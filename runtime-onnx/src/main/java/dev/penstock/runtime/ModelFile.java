package dev.penstock.runtime;

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

    /// Why a file that could not be parsed is no ONNX model. Reads only the frame of its outermost message.
    static String describeDamage(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return nameOf(file) + walk(channel, channel.size());
        } catch (IOException e) {
            return nameOf(file) + " cannot be read: " + e;
        }
    }

    static String nameOf(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }

    private static String walk(FileChannel channel, long size) throws IOException {
        long at = 0;
        while (at < size) {
            ByteBuffer head = ByteBuffer.allocate(2 * VARINT_BYTES);
            channel.read(head, at);
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
