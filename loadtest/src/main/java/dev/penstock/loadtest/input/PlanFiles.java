package dev.penstock.loadtest.input;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the files that a plan names. What a file is, its name's end says: `.json`, `.jsonl` or `.ndjson`,
/// `.npy`, `.csv`; any other is raw binary.
final class PlanFiles {
    private enum Format {
        JSON,
        JSON_LINES,
        NPY,
        CSV,
        RAW
    }

    /// @param where it is, for messages: the file and the line
    record Body(String where, ObjectNode json) {
        /// The request: the body itself, or what a record of a payload log has of it.
        ObjectNode request() {
            return json.get("request") instanceof ObjectNode recorded ? recorded : json;
        }

        /// The same of the answer.
        ObjectNode response() {
            return json.get("response") instanceof ObjectNode recorded ? recorded : json;
        }
    }

    private PlanFiles() {}

    private static Format format(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "json" -> Format.JSON;
            case "jsonl", "ndjson" -> Format.JSON_LINES;
            case "npy" -> Format.NPY;
            case "csv" -> Format.CSV;
            default -> Format.RAW;
        };
    }

    /// Whether these are whole bodies in JSON, and not values in rows.
    static boolean areBodies(Map<String, Path> files) {
        Path whole = files.get(InputPlan.WHOLE);
        return whole != null && (format(whole) == Format.JSON || format(whole) == Format.JSON_LINES);
    }

    /// The bodies of a file for which [#areBodies] holds.
    static List<Body> bodies(Map<String, Path> files) {
        Path file = files.get(InputPlan.WHOLE);
        if (file == null) {
            throw new IllegalArgumentException("no file of bodies");
        }
        return format(file) == Format.JSON ? List.of(body(file.toString(), read(file))) : lines(file);
    }

    private static List<Body> lines(Path file) {
        byte[] text = read(file);
        List<Body> bodies = new ArrayList<>();
        int line = 1;
        int from = 0;
        for (int at = 0; at <= text.length; at++) {
            if (at == text.length || text[at] == '\n') {
                byte[] one = Arrays.copyOfRange(text, from, at);
                if (!isBlank(one)) {
                    bodies.add(body(file + ", line " + line, one));
                }
                from = at + 1;
                line++;
            }
        }
        if (bodies.isEmpty()) {
            throw new InputError(file + ": no lines (expected: a JSON object in each line)");
        }
        return bodies;
    }

    private static boolean isBlank(byte[] text) {
        for (byte b : text) {
            if (b != ' ' && b != '\r' && b != '\t') {
                return false;
            }
        }
        return true;
    }

    private static Body body(String where, byte[] text) {
        JsonNode json = Json.parse(where, text);
        if (json instanceof ObjectNode object) {
            return new Body(where, object);
        }
        throw new InputError(where + ": " + json.getNodeType() + " (expected: an object)");
    }

    /// The rows of each input, or output, that there are files for.
    ///
    /// @param what `input` or `output`
    /// @throws InputError naming the file, the line and what was expected
    static Map<String, RowTable> tables(String what, Map<String, Path> files, List<TensorSpec> specs) {
        Map<String, RowTable> tables = new TreeMap<>();
        files.forEach((name, file) -> {
            if (name.isEmpty() && format(file) == Format.CSV) {
                tables.putAll(CsvFile.tables(file.toString(), read(file), specs));
                return;
            }
            TensorSpec spec = name.isEmpty() ? theOnly(what, file, specs) : TensorSpec.find(what, name, specs);
            tables.put(spec.name(), table(file, spec));
        });
        return tables;
    }

    private static TensorSpec theOnly(String what, Path file, List<TensorSpec> specs) {
        if (specs.size() != 1) {
            throw new InputError("%s: one file, and the model has the %ss %s (expected: a file for each, by its name)"
                    .formatted(file, what, specs.stream().map(TensorSpec::name).toList()));
        }
        return specs.getFirst();
    }

    private static RowTable table(Path file, TensorSpec spec) {
        return switch (format(file)) {
            case NPY -> NpyFile.read(file.toString(), read(file), spec);
            case CSV -> CsvFile.table(file.toString(), read(file), spec);
            case RAW -> raw(file.toString(), read(file), spec);
            case JSON, JSON_LINES ->
                throw new InputError(file + ": JSON for '" + spec.name()
                        + "' alone (expected: .npy, .csv or raw binary; JSON has whole requests)");
        };
    }

    // Of BYTES a file is one string: an image, a text.
    private static RowTable raw(String where, byte[] bytes, TensorSpec spec) {
        TensorSpec row = spec.row();
        if (spec.datatype().equals("BYTES")) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            Elements.putText(bytes, text);
            ByteString data = ByteString.copyFrom(text.toByteArray());
            return new RowTable(where, spec.name(), spec.datatype(), List.of(new RowTable.Row(row.shapeOf(1), data)));
        }
        if (row.shape().contains(-1L)) {
            throw new InputError(where + ": raw values of '" + spec.name() + "', whose shape is " + spec.shapeText()
                    + " (expected: a shape with no open dimension but the first)");
        }
        long rowBytes = Tensor.elements(spec.name(), row.shape()) * Elements.bytesOf(spec.datatype());
        if (rowBytes == 0 || bytes.length == 0 || bytes.length % rowBytes != 0) {
            throw new InputError("%s: %d bytes (expected: a multiple of %d, the bytes of a row of '%s', %s%s)"
                    .formatted(
                            where, bytes.length, rowBytes, spec.name(), spec.datatype(), TensorSpec.text(row.shape())));
        }
        List<RowTable.Row> rows = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += (int) rowBytes) {
            rows.add(new RowTable.Row(row.shape(), ByteString.copyFrom(bytes, at, (int) rowBytes)));
        }
        return new RowTable(where, spec.name(), spec.datatype(), rows);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException | UncheckedIOException e) {
            throw new InputError(file + ": the file cannot be read: " + e.getMessage());
        }
    }
}
