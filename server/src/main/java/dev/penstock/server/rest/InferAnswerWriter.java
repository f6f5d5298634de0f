package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.Native;
import dev.penstock.server.fast.Layout;
import dev.penstock.server.rest.text.NumberWriter;
import dev.penstock.server.rest.text.TensorDataWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Writes whole HTTP answers to inferences: head, JSON, and behind it the outputs that are wanted as binary data. What
/// fits into its page allocates one buffer and nothing else. Confined to one event loop.
final class InferAnswerWriter implements AutoCloseable {
    /// In front of the body, so that the head can be put there when the length is known.
    private static final int HEAD_BYTES = 2048;

    private static final int PAGE_BYTES = 64 * 1024;
    private static final int SOURCE_BYTES = 64 * 1024;

    private static final byte[] ID = ascii("\"id\":\"");
    private static final byte[] DATA = ascii(",\"data\":");
    private static final byte[] BINARY_SIZE = ascii(",\"parameters\":{\"binary_data_size\":");
    private static final byte[] JSON_LENGTH = ascii("\r\n" + InferReplyWriter.JSON_LENGTH + ": ");
    private static final byte[] CLOSE = ascii("\r\nconnection: close");
    private static final byte[] GZIP = ascii("\r\ncontent-encoding: gzip");
    private static final byte[] LENGTH = ascii("\r\ncontent-length: ");
    private static final byte[] END = ascii("\r\n\r\n");

    private final ByteBufAllocator allocator;
    private final TensorDataWriter elements = new TensorDataWriter(false);
    private final ByteBuf source = Unpooled.directBuffer(SOURCE_BYTES, SOURCE_BYTES);
    private final ByteBuffer sourceView =
            source.internalNioBuffer(0, SOURCE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final byte[] page = new byte[HEAD_BYTES + PAGE_BYTES];
    private final byte[] head = new byte[HEAD_BYTES];

    private int at;

    /// What no longer fitted into the page.
    private @Nullable ByteBuf spilt;

    InferAnswerWriter(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// @param close whether the connection closes after this answer
    /// @return the answer, which belongs to the caller
    /// @throws ServingException if an output has no form in JSON, or one too long for it
    ByteBuf write(RestCall call, BatchOutputs values, int firstRow, boolean close) {
        at = HEAD_BYTES;
        boolean written = false;
        try {
            ByteBuf answer = writeAll(call, values, firstRow, close);
            written = true;
            return answer;
        } finally {
            if (!written && spilt != null) {
                spilt.release();
            }
            spilt = null;
        }
    }

    private ByteBuf writeAll(RestCall call, BatchOutputs values, int firstRow, boolean close) {
        InferForm form = call.form();
        long binaryBytes = writeJson(call, form, values, firstRow);
        int jsonBytes = at - HEAD_BYTES + (spilt == null ? 0 : spilt.readableBytes());
        boolean gzip = binaryBytes == 0 && call.takesGzip() && Compression.isWorth(jsonBytes);
        if (gzip) {
            compress();
        }
        int bodyBytes = at - HEAD_BYTES + (spilt == null ? 0 : spilt.readableBytes());
        long whole = HEAD_BYTES + bodyBytes + binaryBytes;
        if (whole > Integer.MAX_VALUE) {
            throw LimitedOutput.tooLarge(whole + " bytes, more than " + Integer.MAX_VALUE);
        }
        int headBytes = writeHead(
                call,
                form,
                binaryBytes > 0 || call.hasBinaryOutputs(),
                jsonBytes,
                bodyBytes + binaryBytes,
                gzip,
                close);
        ByteBuf answer = allocator.directBuffer(headBytes + bodyBytes + (int) binaryBytes);
        if (spilt == null) {
            System.arraycopy(head, 0, page, HEAD_BYTES - headBytes, headBytes);
            answer.writeBytes(page, HEAD_BYTES - headBytes, headBytes + bodyBytes);
        } else {
            answer.writeBytes(head, 0, headBytes);
            answer.writeBytes(spilt);
            spilt.release();
            answer.writeBytes(page, HEAD_BYTES, at - HEAD_BYTES);
        }
        appendBinary(answer, call, form, values, firstRow);
        return answer;
    }

    private void compress() {
        ByteBuf plain = spilt == null ? allocator.directBuffer(at - HEAD_BYTES) : spilt;
        spilt = plain;
        plain.writeBytes(page, HEAD_BYTES, at - HEAD_BYTES);
        at = HEAD_BYTES;
        spilt = Compression.gzip(plain);
    }

    /// @return how many bytes of binary data follow
    private long writeJson(RestCall call, InferForm form, BatchOutputs values, int firstRow) {
        page[at++] = '{';
        if (call.idBytes() > 0) {
            put(ID);
            System.arraycopy(call.id(), 0, page, at, call.idBytes());
            at += call.idBytes();
            page[at++] = '"';
            page[at++] = ',';
        }
        put(form.start);
        long binaryBytes = 0;
        for (int i = 0; i < call.outputs(); i++) {
            InferForm.Output output = form.outputs.get(call.output(i));
            long bytes = call.rows() * output.tensor.rowBytes;
            writeOutputStart(call.rows(), form.layout.rowDims(), output, i);
            if (call.isBinaryOutput(i)) {
                put(BINARY_SIZE);
                room(NumberWriter.ROOM_BYTES);
                at = NumberWriter.writeLong(bytes, page, at);
                page[at++] = '}';
                binaryBytes += bytes;
            } else {
                put(DATA);
                writeElements(output.tensor, values, call.output(i), firstRow, bytes);
            }
            room(1);
            page[at++] = '}';
        }
        room(2);
        page[at++] = ']';
        page[at++] = '}';
        return binaryBytes;
    }

    private void writeOutputStart(int rows, int rowDims, InferForm.Output output, int place) {
        if (place > 0) {
            room(1);
            page[at++] = ',';
        }
        put(output.start);
        if (rowDims > 0) {
            room(NumberWriter.ROOM_BYTES);
            at = NumberWriter.writeLong(rows, page, at);
        }
        put(output.dims);
    }

    private void writeElements(Layout.Tensor tensor, BatchOutputs values, int output, int firstRow, long bytes) {
        long count = bytes / tensor.type.byteSize();
        if (count > InferReplyWriter.MAX_JSON_ELEMENTS) {
            throw LimitedOutput.tooLarge(
                    "%d elements in JSON, more than %d".formatted(count, InferReplyWriter.MAX_JSON_ELEMENTS));
        }
        long address = values.address(output) + firstRow * values.rowBytes(output);
        ByteBuffer elementBytes = sourceView;
        if (bytes <= SOURCE_BYTES) {
            Native.copy(address, source.memoryAddress(), bytes);
        } else {
            elementBytes = Native.ALL.asSlice(address, bytes).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
        elements.begin(tensor.type, elementBytes, 0, (int) count);
        try {
            while (!elements.isDone()) {
                room(2 * NumberWriter.ROOM_BYTES);
                at = elements.write(page, at, page.length);
            }
        } catch (ServingException e) {
            throw nonFinite(tensor, elementBytes, (int) count);
        }
    }

    private static ServingException nonFinite(Layout.Tensor tensor, ByteBuffer elementBytes, int count) {
        String name = new String(tensor.name, StandardCharsets.UTF_8);
        for (int i = 0; i < count; i++) {
            double value = value(tensor.type, elementBytes, i);
            if (!Double.isFinite(value)) {
                return JsonTensorWriter.nonFinite(i, name, value);
            }
        }
        throw new AssertionError("all elements of '" + name + "' are finite");
    }

    private static double value(DataType type, ByteBuffer data, int index) {
        return switch (type) {
            case FP16 -> Float.float16ToFloat(data.getShort(2 * index));
            case BF16 -> SmallFloats.fromBf16(data.getShort(2 * index));
            case FP32 -> data.getFloat(4 * index);
            case FP64 -> data.getDouble(8 * index);
            default -> 0;
        };
    }

    private void put(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, page, at, bytes.length);
        at += bytes.length;
    }

    /// Makes room for so many bytes in the page, which are no more than it has.
    private void room(int bytes) {
        if (page.length - at >= bytes) {
            return;
        }
        ByteBuf before = spilt == null ? allocator.directBuffer(4 * PAGE_BYTES) : spilt;
        spilt = before;
        if (before.readableBytes() + at - HEAD_BYTES > InferReplyWriter.MAX_JSON_BYTES) {
            throw LimitedOutput.tooLarge("more than %d bytes of JSON".formatted(InferReplyWriter.MAX_JSON_BYTES));
        }
        before.writeBytes(page, HEAD_BYTES, at - HEAD_BYTES);
        at = HEAD_BYTES;
    }

    private int writeHead(
            RestCall call, InferForm form, boolean binary, int jsonBytes, long bodyBytes, boolean gzip, boolean close) {
        int end = put(binary ? form.binaryHead : form.jsonHead, 0);
        end = call.writeRequestId(head, end);
        if (binary) {
            end = NumberWriter.writeLong(jsonBytes, head, put(JSON_LENGTH, end));
        }
        end = gzip ? put(GZIP, end) : end;
        end = close ? put(CLOSE, end) : end;
        end = NumberWriter.writeLong(bodyBytes, head, put(LENGTH, end));
        return put(END, end);
    }

    private int put(byte[] bytes, int from) {
        System.arraycopy(bytes, 0, head, from, bytes.length);
        return from + bytes.length;
    }

    private static void appendBinary(ByteBuf answer, RestCall call, InferForm form, BatchOutputs values, int firstRow) {
        for (int i = 0; i < call.outputs(); i++) {
            if (call.isBinaryOutput(i)) {
                int output = call.output(i);
                int bytes = (int) (call.rows() * form.outputs.get(output).tensor.rowBytes);
                int to = answer.writerIndex();
                Native.copy(
                        values.address(output) + firstRow * values.rowBytes(output),
                        answer.memoryAddress() + to,
                        bytes);
                answer.writerIndex(to + bytes);
            }
        }
    }

    @Override
    public void close() {
        source.release();
    }
}
