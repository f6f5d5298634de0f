package dev.penstock.loadtest.input;

import com.google.protobuf.ByteString;
import dev.penstock.loadtest.input.CsvText.CsvRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads rows of comma-separated values. The first line names the columns: `NAME` holds all values of an
/// input (several of them between spaces or semicolons, or as a JSON array), `NAME[0]`, `NAME[1]` and so on
/// hold one each.
final class CsvFile {
    private final String where;
    private final List<String> titles;
    private final List<CsvRecord> records;

    private CsvFile(String where, List<CsvRecord> all) {
        if (all.size() < 2) {
            throw new InputError(where + ": " + all.size() + " lines (expected: the names of columns, and rows)");
        }
        this.where = where;
        this.titles = all.getFirst().cells();
        this.records = all.subList(1, all.size());
        for (CsvRecord row : records) {
            if (row.cells().size() != titles.size()) {
                throw new InputError("%s, line %d: %d cells (expected: %d, as the first line has)"
                        .formatted(where, row.line(), row.cells().size(), titles.size()));
            }
        }
    }

    private static CsvFile of(String where, byte[] bytes) {
        return new CsvFile(where, CsvText.records(where, new String(bytes, StandardCharsets.UTF_8)));
    }

    /// The inputs whose columns the file has; of a model with one input all columns if none has its name.
    ///
    /// @throws InputError naming the file, the line and what was expected
    static Map<String, RowTable> tables(String where, byte[] bytes, List<TensorSpec> specs) {
        CsvFile file = of(where, bytes);
        Map<String, RowTable> tables = new LinkedHashMap<>();
        for (TensorSpec spec : specs) {
            List<Integer> columns = file.columns(spec.name());
            if (!columns.isEmpty()) {
                tables.put(spec.name(), file.table(spec, columns));
            }
        }
        if (tables.isEmpty() && specs.size() == 1) {
            tables.put(specs.getFirst().name(), file.table(specs.getFirst(), file.allColumns()));
        }
        if (tables.isEmpty()) {
            throw new InputError("%s, line 1: columns %s (expected: named %s, or NAME[0], NAME[1], …)"
                    .formatted(
                            where,
                            file.titles,
                            String.join(
                                    ", ", specs.stream().map(TensorSpec::name).toList())));
        }
        return tables;
    }

    /// All columns as values of one input.
    static RowTable table(String where, byte[] bytes, TensorSpec spec) {
        CsvFile file = of(where, bytes);
        return file.table(spec, file.allColumns());
    }

    private List<Integer> allColumns() {
        return IntStream.range(0, titles.size()).boxed().toList();
    }

    private List<Integer> columns(String name) {
        int whole = titles.indexOf(name);
        if (whole >= 0) {
            return List.of(whole);
        }
        List<Integer> columns = new ArrayList<>();
        for (int at = titles.indexOf(name + "[0]"); at >= 0; at = titles.indexOf(name + "[" + columns.size() + "]")) {
            columns.add(at);
        }
        return columns;
    }

    private RowTable table(TensorSpec spec, List<Integer> columns) {
        TensorSpec rowSpec = spec.row();
        List<RowTable.Row> rows = new ArrayList<>();
        for (CsvRecord row : records) {
            List<JsonNode> values = new ArrayList<>();
            for (int column : columns) {
                add(row.cells().get(column), spec, columns.size() == 1, values);
            }
            try {
                ByteString data = Elements.encode(spec.name(), spec.datatype(), values);
                rows.add(new RowTable.Row(rowSpec.shapeOf(values.size()), data));
            } catch (InputError e) {
                throw new InputError(where + ", line " + row.line() + ": " + e.getMessage());
            }
        }
        return new RowTable(where, spec.name(), spec.datatype(), rows);
    }

    private static void add(String cell, TensorSpec spec, boolean alone, List<JsonNode> values) {
        if (alone && cell.startsWith("[")) {
            Json.flatten(Json.parse("the cell '" + cell + "'", cell.getBytes(StandardCharsets.UTF_8)), values);
        } else if (alone && !spec.datatype().equals("BYTES")) {
            Arrays.stream(cell.strip().split("[\\s;]+", -1))
                    .map(JsonNodeFactory.instance::stringNode)
                    .forEach(values::add);
        } else {
            values.add(JsonNodeFactory.instance.stringNode(cell));
        }
    }
}
