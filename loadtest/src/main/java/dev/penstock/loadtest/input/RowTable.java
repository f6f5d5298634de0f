package dev.penstock.loadtest.input;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.stream.LongStream;

/// The values of one input, or output, row by row, as a file has them.
///
/// @param where they are, for messages
record RowTable(String where, String name, String datatype, List<Row> rows) {
    /// @param shape without the dimension that counts the rows; empty for a single value
    record Row(List<Long> shape, ByteString data) {
        Row {
            shape = List.copyOf(shape);
        }
    }

    RowTable {
        rows = List.copyOf(rows);
        if (rows.isEmpty()) {
            throw new InputError(where + ": no rows (expected: one at least)");
        }
    }

    /// Some rows as a tensor, beginning anew after the last.
    ///
    /// @param spec what the model says about it; with as many dimensions as a row has, a row is all there is to it
    Tensor take(long first, long count, TensorSpec spec) {
        Row top = row(first);
        if (spec.shape().size() == top.shape().size()) {
            if (count != 1) {
                throw new InputError("%s: %d rows of '%s' in one request (expected: 1, the model takes %s)"
                        .formatted(where, count, name, spec.shapeText()));
            }
            return new Tensor(name, datatype, top.shape(), top.data());
        }
        List<ByteString> data = LongStream.range(first, first + count)
                .mapToObj(index -> alike(top, index))
                .toList();
        return Tensor.ofRows(name, datatype, count, top.shape(), ByteString.copyFrom(data));
    }

    private ByteString alike(Row top, long index) {
        Row row = row(index);
        if (!row.shape().equals(top.shape())) {
            throw new InputError(
                    "%s: rows of '%s' with the shapes %s and %s in one request (expected: alike, or one row in each)"
                            .formatted(where, name, TensorSpec.text(top.shape()), TensorSpec.text(row.shape())));
        }
        return row.data();
    }

    private Row row(long index) {
        return rows.get((int) (index % rows.size()));
    }
}
