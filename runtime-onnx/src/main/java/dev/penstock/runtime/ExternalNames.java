package dev.penstock.runtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.penstock.core.ModelLoadException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds the files that an ONNX model in memory leaves its weights to. Pure; takes anything, also what is no
/// model.
final class ExternalNames {
    private static final int LENGTH_DELIMITED = 2;
    private static final int MAX_DEPTH = 64;

    /// The messages on the way to external data: by the number of a field, what is in it.
    private enum Message {
        MODEL,
        GRAPH,
        NODE,
        FUNCTION,
        ATTRIBUTE,
        SPARSE,
        TENSOR,
        ENTRY;

        private static final Map<Message, Map<Integer, Message>> CHILDREN = Map.of(
                MODEL, Map.of(7, GRAPH, 25, FUNCTION),
                GRAPH, Map.of(1, NODE, 5, TENSOR, 15, SPARSE),
                FUNCTION, Map.of(7, NODE, 11, ATTRIBUTE),
                NODE, Map.of(5, ATTRIBUTE),
                ATTRIBUTE, Map.of(5, TENSOR, 6, GRAPH, 10, TENSOR, 11, GRAPH, 22, SPARSE, 23, SPARSE),
                SPARSE, Map.of(1, TENSOR, 2, TENSOR),
                TENSOR, Map.of(13, ENTRY),
                ENTRY, Map.of());
    }

    private static final int KEY = 1;
    private static final int VALUE = 2;

    private final MemorySegment model;
    private final SortedSet<String> found = new TreeSet<>();

    private ExternalNames(MemorySegment model) {
        this.model = model;
    }

    /// @throws ModelLoadException if messages are nested deeper than anybody needs
    static SortedSet<String> in(MemorySegment model) {
        ExternalNames names = new ExternalNames(model);
        names.walk(Message.MODEL, 0, model.byteSize(), 0);
        return names.found;
    }

    /// What is damaged ends it: ONNX Runtime says so then.
    private void walk(Message message, long from, long end, int depth) {
        if (depth > MAX_DEPTH) {
            throw new ModelLoadException("its messages are nested more than " + MAX_DEPTH + " deep");
        }
        Cursor cursor = new Cursor(from, end);
        String key = "";
        while (cursor.next()) {
            int field = cursor.field;
            if (message == Message.ENTRY && cursor.wireType == LENGTH_DELIMITED) {
                String text = text(cursor.from, cursor.to);
                key = field == KEY ? text : key;
                if (field == VALUE && key.equals("location")) {
                    found.add(text);
                }
                continue;
            }
            Message child = Message.CHILDREN.getOrDefault(message, Map.of()).get(field);
            if (child != null && cursor.wireType == LENGTH_DELIMITED) {
                walk(child, cursor.from, cursor.to, depth + 1);
            }
        }
    }

    private String text(long from, long to) {
        return new String(model.asSlice(from, to - from).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /// The fields of one message, one after the other.
    private final class Cursor {
        private final long end;
        private long at;
        private int field;
        private int wireType;
        /// Of what a field of a length has.
        private long from;
        private long to;

        Cursor(long from, long end) {
            this.at = from;
            this.end = end;
        }

        /// @return false at the end, or where something is wrong
        boolean next() {
            if (at >= end) {
                return false;
            }
            long tag = varint();
            if (tag < 0) {
                return false;
            }
            field = (int) (tag >>> 3);
            wireType = (int) (tag & 7);
            return switch (wireType) {
                case 0 -> skipVarint();
                case 1 -> skip(Long.BYTES);
                case LENGTH_DELIMITED -> delimited();
                case 5 -> skip(Integer.BYTES);
                default -> false;
            };
        }

        private boolean delimited() {
            long length = varint();
            from = at;
            to = at + length;
            return length >= 0 && skip(length);
        }

        private boolean skip(long bytes) {
            if (bytes > end - at) {
                return false;
            }
            at += bytes;
            return true;
        }

        private boolean skipVarint() {
            while (at < end) {
                if (model.get(JAVA_BYTE, at++) >= 0) {
                    return true;
                }
            }
            return false;
        }

        /// @return -1 if it is cut off or too long
        private long varint() {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE - 1 && at < end; shift += 7) {
                byte next = model.get(JAVA_BYTE, at++);
                value |= (next & 0x7FL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            return -1;
        }
    }
}
