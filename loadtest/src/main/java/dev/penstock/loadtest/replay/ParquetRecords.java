package dev.penstock.loadtest.replay;

import com.google.protobuf.ByteString;
import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/// Reads records of Parquet, a group of rows at a time.
final class ParquetRecords {
    private ParquetRecords() {}

    static boolean isOne(Path file) {
        return file.toString().endsWith(".parquet");
    }

    /// @throws InputError if it is no such file
    static void read(Path file, RecordedFiles.Reader reader) throws IOException {
        try (ParquetFileReader groups = ParquetFileReader.open(new LocalInputFile(file))) {
            MessageType schema = groups.getFileMetaData().getSchema();
            if (!schema.containsField("inputs") || !schema.containsField("model") || !schema.containsField("time")) {
                throw new InputError(file + ": its columns are "
                        + schema.getFields().stream().map(Type::getName).toList()
                        + " (expected: those of a payload log)");
            }
            MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
            int number = 1;
            for (PageReadStore group = groups.readNextRowGroup();
                    group != null && reader.wantsMore();
                    group = groups.readNextRowGroup()) {
                RecordReader<Group> rows = columns.getRecordReader(group, new GroupRecordConverter(schema));
                for (long row = 0; row < group.getRowCount() && reader.wantsMore(); row++) {
                    reader.accept(recording(file + ", row " + number, rows.read()));
                    number++;
                }
            }
        } catch (RuntimeException e) {
            // What the library throws of a file that is none.
            throw e instanceof InputError ? e : new InputError(file + " cannot be read as Parquet: " + e.getMessage());
        }
    }

    private static Recording recording(String where, Group row) {
        Group inputs = row.getGroup("inputs", 0);
        String unfit = unfit(row, inputs);
        List<Tensor> answer = new ArrayList<>();
        Group outputs = row.getGroup("outputs", 0);
        int redacted = 0;
        for (int i = 0; i < count(outputs); i++) {
            if (has(element(outputs, i), "redacted")) {
                redacted++;
            } else {
                answer.add(tensor(element(outputs, i)));
            }
        }
        return new Recording(
                where,
                row.getString("id", 0),
                Instant.EPOCH.plus(row.getLong("time", 0), ChronoUnit.MICROS),
                row.getString("model", 0),
                has(row, "version") ? row.getLong("version", 0) : 0,
                knows(row, "route") && has(row, "route") ? row.getString("route", 0) : "",
                headers(row),
                unfit.isEmpty() ? request(row, inputs) : ModelInferRequest.getDefaultInstance(),
                answer,
                redacted,
                unfit);
    }

    private static Map<String, String> headers(Group row) {
        Map<String, String> headers = new HashMap<>();
        if (knows(row, "redacted_headers")) {
            Set<String> redacted = redacted(row.getGroup("redacted_headers", 0));
            Group kept = row.getGroup("headers", 0);
            for (int i = 0; i < kept.getFieldRepetitionCount("key_value"); i++) {
                Group entry = kept.getGroup("key_value", i);
                headers.put(entry.getString("key", 0), entry.getString("value", 0));
            }
            headers.keySet().removeAll(redacted);
        }
        return headers;
    }

    private static Set<String> redacted(Group list) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count(list); i++) {
            names.add(list.getGroup("list", i).getString("element", 0));
        }
        return names;
    }

    /// Files of an older server lack columns.
    private static boolean knows(Group row, String column) {
        return row.getType().containsField(column);
    }

    private static String unfit(Group row, Group inputs) {
        for (int i = 0; i < count(inputs); i++) {
            if (has(element(inputs, i), "redacted")) {
                return Recording.redacted(element(inputs, i).getString("name", 0));
            }
        }
        return has(row, "code") ? Recording.refused(row.getString("code", 0)) : "";
    }

    private static ModelInferRequest request(Group row, Group inputs) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setId(row.getString("caller_id", 0));
        for (int i = 0; i < count(inputs); i++) {
            Tensor tensor = tensor(element(inputs, i));
            request.addInputs(InferInputTensor.newBuilder()
                    .setName(tensor.name())
                    .setDatatype(tensor.datatype())
                    .addAllShape(tensor.shape()));
            request.addRawInputContents(tensor.data());
        }
        Group wanted = row.getGroup("wanted", 0);
        for (int i = 0; i < count(wanted); i++) {
            String name = wanted.getGroup("list", i).getString("element", 0);
            request.addOutputs(InferRequestedOutputTensor.newBuilder().setName(name));
        }
        return request.build();
    }

    private static Tensor tensor(Group tensor) {
        List<Long> shape = new ArrayList<>();
        Group dims = tensor.getGroup("shape", 0);
        for (int i = 0; i < count(dims); i++) {
            shape.add(dims.getGroup("list", i).getLong("element", 0));
        }
        return new Tensor(
                tensor.getString("name", 0),
                tensor.getString("datatype", 0),
                shape,
                ByteString.copyFrom(tensor.getBinary("data", 0).toByteBuffer()));
    }

    private static int count(Group list) {
        return list.getFieldRepetitionCount("list");
    }

    private static Group element(Group list, int index) {
        return list.getGroup("list", index).getGroup("element", 0);
    }

    private static boolean has(Group group, String field) {
        return group.getFieldRepetitionCount(field) > 0;
    }
}
