package dev.penstock.server.rest;

import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.Native;
import dev.penstock.server.fast.Layout;
import dev.penstock.server.rest.text.NumberWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Writes whole HTTP answers to calls of lanes out of the model's own memory: head, JSON, and behind it the
/// outputs that are wanted as binary data. What fits into the page allocates one buffer and nothing else, but
/// for V1's predictions, which take a few small objects per output. Confined to one event loop.
final class InferAnswerWriter implements AutoCloseable {
    private static final int SOURCE_BYTES = 64 * 1024;

    private static final byte[] JSON_LENGTH = ascii("\r\n" + AnswerJson.LENGTH_HEADER + ": ");
    private static final byte[] CLOSE = ascii("\r\nconnection: close");
    private static final byte[] GZIP = ascii("\r\ncontent-encoding: gzip");
    private static final byte[] LENGTH = ascii("\r\ncontent-length: ");
    private static final byte[] END = ascii("\r\n\r\n");

    private final AnswerJson json;
    private final PredictionJson predictions;
    private final ByteBuf source = Unpooled.directBuffer(SOURCE_BYTES, SOURCE_BYTES);
    private final ByteBuffer sourceView =
            source.internalNioBuffer(0, SOURCE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final byte[] head = new byte[JsonPage.HEAD_BYTES];

    /// @param predictions on the same page
    InferAnswerWriter(AnswerJson json, PredictionJson predictions) {
        this.json = json;
        this.predictions = predictions;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// @param close whether the connection closes after this answer
    /// @return the answer, which belongs to the caller
    /// @throws ServingException if an output has no form in JSON, or one too long for it
    ByteBuf write(RestCall call, BatchOutputs values, int firstRow, boolean close) {
        boolean written = false;
        try {
            ByteBuf answer = writeAll(call, values, firstRow, close);
            written = true;
            return answer;
        } finally {
            if (!written) {
                json.page().clear();
            }
        }
    }

    private ByteBuf writeAll(RestCall call, BatchOutputs values, int firstRow, boolean close) {
        WantedAnswer wanted = call.wanted();
        long binaryBytes = 0;
        if (call.form().predicts) {
            predictions.put(tensors(call, values, firstRow), wanted.inRows);
        } else {
            binaryBytes = writeJson(call, values, firstRow);
        }
        JsonPage page = json.page();
        int jsonBytes = page.bytes();
        boolean binary = wanted.hasBinaryOutputs();
        boolean gzip = !binary && wanted.takesGzip && Compression.isWorth(jsonBytes);
        if (gzip) {
            page.compress();
        }
        long bodyBytes = page.bytes() + binaryBytes;
        if (JsonPage.HEAD_BYTES + bodyBytes > Integer.MAX_VALUE) {
            throw LimitedOutput.tooLarge(bodyBytes + " bytes, more than " + Integer.MAX_VALUE);
        }
        if (call.record != null) {
            call.record.sent(bodyBytes);
        }
        int headBytes = writeHead(call, binary ? jsonBytes : -1, bodyBytes, gzip, close);
        ByteBuf answer = page.take(head, headBytes, (int) binaryBytes);
        appendBinary(answer, call, values, firstRow);
        return answer;
    }

    /// @return how many bytes of binary data follow
    private long writeJson(RestCall call, BatchOutputs values, int firstRow) {
        InferForm form = call.form();
        WantedAnswer wanted = call.wanted();
        json.begin(wanted.id(), wanted.idBytes(), form.start(call.routed()), wanted.nonFiniteAsText);
        long binaryBytes = 0;
        for (int i = 0; i < wanted.outputs(); i++) {
            int index = wanted.output(i);
            InferForm.Output output = form.outputs.get(index);
            long bytes = call.rows() * output.tensor.rowBytes;
            json.beginOutput(output.start, form.layout.rowDims() > 0 ? call.rows() : -1, output.dims);
            if (wanted.isBinaryOutput(i)) {
                json.endBinary(bytes);
                binaryBytes += bytes;
            } else {
                writeElements(output, values.address(index) + firstRow * values.rowBytes(index), bytes);
            }
        }
        json.end();
        return binaryBytes;
    }

    /// The outputs of a prediction, where the model has written them.
    private static List<Tensor> tensors(RestCall call, BatchOutputs values, int firstRow) {
        InferForm form = call.form();
        List<Tensor> tensors = new ArrayList<>(form.outputs.size());
        for (int i = 0; i < form.outputs.size(); i++) {
            Layout.Tensor tensor = form.outputs.get(i).tensor;
            long address = values.address(i) + firstRow * values.rowBytes(i);
            ByteBuffer data = Native.ALL
                    .asSlice(address, call.rows() * tensor.rowBytes)
                    .asByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN);
            tensors.add(new Tensor(form.outputs.get(i).name, tensor.type, shape(form, tensor, call.rows()), data));
        }
        return tensors;
    }

    private static Shape shape(InferForm form, Layout.Tensor tensor, int rows) {
        if (form.layout.rowDims() == 0) {
            return tensor.shape;
        }
        long[] dims = tensor.shape.toArray();
        dims[0] = rows;
        return Shape.of(dims);
    }

    private void writeElements(InferForm.Output output, long address, long bytes) {
        Layout.Tensor tensor = output.tensor;
        if (bytes <= SOURCE_BYTES) {
            Native.copy(address, source.memoryAddress(), bytes);
            json.endElements(output.name, tensor.type, sourceView, 0, (int) bytes);
            return;
        }
        if (bytes / tensor.type.byteSize() > AnswerJson.MAX_ELEMENTS) {
            json.count(bytes / tensor.type.byteSize());
        }
        ByteBuffer elements = Native.ALL.asSlice(address, bytes).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        json.endElements(output.name, tensor.type, elements, 0, (int) bytes);
    }

    /// @param jsonBytes -1 if no binary data follows
    private int writeHead(RestCall call, int jsonBytes, long bodyBytes, boolean gzip, boolean close) {
        InferForm form = call.form();
        int end = put(form.head(jsonBytes >= 0, call.routed()), 0);
        end = call.wanted().writeRequestId(head, end);
        if (jsonBytes >= 0) {
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

    private static void appendBinary(ByteBuf answer, RestCall call, BatchOutputs values, int firstRow) {
        WantedAnswer wanted = call.wanted();
        for (int i = 0; i < wanted.outputs(); i++) {
            if (wanted.isBinaryOutput(i)) {
                int output = wanted.output(i);
                int bytes = (int) (call.rows() * call.form().outputs.get(output).tensor.rowBytes);
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
