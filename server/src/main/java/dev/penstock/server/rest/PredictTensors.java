package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.server.wire.HeaderText;
import java.util.Arrays;

/// Reads the tensors of a prediction, whose shapes are those of their nested arrays. Reused; confined to one
/// thread.
final class PredictTensors {
    private final JsonCursor json;
    private final InferBody body;
    private final NamedInputs names;
    private final NestedShape nested = new NestedShape();
    private final ElementsReader elements;
    private final PredictFaults faults;

    // Where the value is that is being read.
    private String field = "";
    private int row = -1;
    private int named = -1;

    /// @param body gets them
    PredictTensors(JsonCursor json, ElementRoom room, InferBody body, NamedInputs names) {
        this.json = json;
        this.body = body;
        this.names = names;
        this.faults = new PredictFaults(json, this::where);
        this.elements = new ElementsReader(json, room, true, faults);
    }

    private String where() {
        return field
                + (row < 0 ? "" : "[" + row + "]")
                + (named < 0 ? "" : "." + HeaderText.quote(names.spec(named).name()));
    }

    /// Reads the value that is next as a tensor.
    ///
    /// @param newField `instances` or `inputs`
    /// @param byName whether the value is one of an object's
    void read(int input, String newField, boolean byName) {
        place(newField, -1, byName ? input : -1);
        InferInput tensor = add(input);
        findShape(tensor);
        tensor.rank = nested.rank;
        System.arraycopy(nested.dims, 0, tensor.dims, 0, nested.rank);
        end(tensor, elements.read(tensor, (int) tensor.offset, nested.elements()));
    }

    /// Reads values that lie apart as the rows of one tensor.
    ///
    /// @param places where they begin: the first at `first`, each next one `stride` behind
    void readRows(int input, int rows, int[] places, int first, int stride) {
        InferInput tensor = add(input);
        int bytes = 0;
        for (int i = 0; i < rows; i++) {
            place("instances", i, input);
            json.at = places[first + i * stride];
            findShape(tensor);
            if (i == 0) {
                beginRows(tensor, rows);
            } else {
                checkRow(tensor);
            }
            bytes += elements.read(tensor, (int) tensor.offset + bytes, nested.elements());
        }
        end(tensor, bytes);
    }

    private void place(String newField, int newRow, int newNamed) {
        field = newField;
        row = newRow;
        named = newNamed;
    }

    private InferInput add(int input) {
        InferInput tensor = body.addInput();
        tensor.name.set(names.name(input), 0, names.name(input).length);
        tensor.type = names.spec(input).type();
        tensor.isBinary = false;
        // Where eight bytes are aligned, any element is.
        tensor.offset = ((long) body.elementBytes + Long.BYTES - 1) & -Long.BYTES;
        return tensor;
    }

    private void findShape(InferInput tensor) {
        if (!nested.find(json.text, json.at, json.limit)) {
            throw faults.shapeless(tensor.type());
        }
    }

    private void beginRows(InferInput tensor, int rows) {
        if (nested.rank == Shape.MAX_RANK) {
            throw ServingException.invalid("'%s' has %d dimensions (expected: at most %d, and one for the instances)"
                    .formatted(where(), nested.rank, Shape.MAX_RANK - 1));
        }
        tensor.rank = 1 + nested.rank;
        tensor.dims[0] = rows;
        System.arraycopy(nested.dims, 0, tensor.dims, 1, nested.rank);
    }

    private void checkRow(InferInput tensor) {
        boolean same = tensor.rank == 1 + nested.rank;
        for (int i = 0; same && i < nested.rank; i++) {
            same = tensor.dims[1 + i] == nested.dims[i];
        }
        if (!same) {
            String found = where();
            row = 0;
            throw ServingException.invalid("'%s' has shape %s (expected: %s, as '%s' has)"
                    .formatted(found, shape(nested.dims, 0, nested.rank), shape(tensor.dims, 1, tensor.rank), where()));
        }
    }

    private static Shape shape(long[] dims, int from, int to) {
        return Shape.of(Arrays.copyOfRange(dims, from, to));
    }

    private void end(InferInput tensor, int bytes) {
        tensor.bytes = bytes;
        body.elementBytes = (int) tensor.offset + bytes;
    }
}
