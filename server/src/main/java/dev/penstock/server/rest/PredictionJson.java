package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.server.rest.text.NonFinite;
import dev.penstock.server.rest.text.TensorDataWriter;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/// Writes the JSON of answers to predictions: nested arrays, row by row or output by output, as TensorFlow
/// Serving does. Allocates nothing per number. Reused; confined to one thread.
final class PredictionJson {
    /// TensorFlow Serving takes outputs of such names for bytes, and others for text.
    private static final String BYTES_SUFFIX = "_bytes";

    private static final byte[] NO_HEAD = {};
    private static final byte[] PREDICTIONS = ascii("{\"predictions\":");
    private static final byte[] OUTPUTS = ascii("{\"outputs\":");
    private static final byte[] BASE64 = ascii("{\"b64\":");

    private final JsonPage page;
    private final TensorDataWriter numbers = new TensorDataWriter(NonFinite.BARE);
    private final TextElement text = new TextElement();
    private long elements;

    /// An output, and how far it is written.
    private static final class Output {
        final Tensor tensor;
        final byte[] name;
        final boolean binary;
        final ByteBuffer data;
        int at;

        Output(Tensor tensor) {
            this.tensor = tensor;
            this.name = tensor.name().getBytes(StandardCharsets.UTF_8);
            this.binary = tensor.name().endsWith(BYTES_SUFFIX);
            this.data = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
            this.at = data.position();
        }
    }

    PredictionJson(JsonPage page) {
        this.page = page;
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    /// @param inRows whether the request was
    /// @return the JSON, which belongs to the caller
    /// @throws ServingException if the outputs have no rows, or are longer than an event loop should write
    ByteBuf write(List<Tensor> tensors, boolean inRows) {
        boolean written = false;
        try {
            put(tensors, inRows);
            written = true;
            return page.take(NO_HEAD, 0, 0);
        } finally {
            if (!written) {
                page.clear();
            }
        }
    }

    /// The same, and leaves it in the page.
    void put(List<Tensor> tensors, boolean inRows) {
        page.clear();
        elements = 0;
        page.put(inRows ? PREDICTIONS : OUTPUTS);
        List<Output> outputs = tensors.stream().map(Output::new).toList();
        if (inRows) {
            writeRows(outputs, rows(tensors));
        } else {
            writeColumns(outputs);
        }
        page.put('}');
        page.checkBytes();
    }

    private static long rows(List<Tensor> tensors) {
        long rows = -1;
        for (Tensor tensor : tensors) {
            Shape shape = tensor.shape();
            if (shape.rank() == 0 || (rows >= 0 && shape.dim(0) != rows)) {
                throw ServingException.invalid(
                        "output '%s' has shape %s, which has no rows (expected: %s; send 'inputs' instead of 'instances' to get the outputs as they are)"
                                .formatted(
                                        tensor.name(), shape, rows < 0 ? "one dimension or more" : rows + " of them"));
            }
            rows = shape.dim(0);
        }
        return rows;
    }

    private void writeRows(List<Output> outputs, long rows) {
        if (outputs.size() == 1) {
            writeNested(outputs.getFirst(), 0);
            return;
        }
        page.put('[');
        for (long row = 0; row < rows; row++) {
            if (row > 0) {
                page.put(',');
            }
            writeObject(outputs, 1);
        }
        page.put(']');
    }

    private void writeColumns(List<Output> outputs) {
        if (outputs.size() == 1) {
            writeNested(outputs.getFirst(), 0);
        } else {
            writeObject(outputs, 0);
        }
    }

    private void writeObject(List<Output> outputs, int dim) {
        count(1);
        page.put('{');
        for (int i = 0; i < outputs.size(); i++) {
            if (i > 0) {
                page.put(',');
            }
            Output output = outputs.get(i);
            page.putQuoted(output.name, 0, output.name.length);
            page.put(':');
            writeNested(output, dim);
        }
        page.put('}');
    }

    /// Writes what comes next of an output, from one of its dimensions on.
    private void writeNested(Output output, int dim) {
        Shape shape = output.tensor.shape();
        boolean fixed = output.tensor.type() != DataType.BYTES;
        if (dim == shape.rank()) {
            count(1);
            writeElement(output, fixed);
        } else if (fixed && dim == shape.rank() - 1) {
            count(shape.dim(dim));
            writeNumbers(output, (int) shape.dim(dim));
        } else {
            // Arrays count, too: those of a dimension before one of size 0 would never end.
            count(shape.dim(dim));
            page.put('[');
            for (long i = 0; i < shape.dim(dim); i++) {
                if (i > 0) {
                    page.put(',');
                }
                writeNested(output, dim + 1);
            }
            page.put(']');
        }
    }

    private void writeNumbers(Output output, int count) {
        numbers.begin(output.tensor.type(), output.data, output.at, count);
        page.put(numbers);
        output.at += count * output.tensor.type().byteSize();
    }

    private void writeElement(Output output, boolean fixed) {
        if (fixed) {
            numbers.begin(output.tensor.type(), output.data, output.at, 1);
            page.putOnly(numbers);
            output.at += output.tensor.type().byteSize();
            return;
        }
        output.at = text.read(output.tensor.name(), output.data, output.at, output.data.limit());
        if (output.binary || !text.isText()) {
            byte[] encoded = Base64.getEncoder()
                    .encode(ByteBuffer.wrap(text.bytes, 0, text.length))
                    .array();
            page.put(BASE64);
            page.putQuoted(encoded, 0, encoded.length);
            page.put('}');
        } else {
            page.putQuoted(text.bytes, 0, text.length);
        }
    }

    private void count(long more) {
        elements += more;
        if (elements > AnswerJson.MAX_ELEMENTS) {
            throw LimitedOutput.tooLarge(
                    "%d elements in JSON, more than %d".formatted(elements, AnswerJson.MAX_ELEMENTS));
        }
    }
}
