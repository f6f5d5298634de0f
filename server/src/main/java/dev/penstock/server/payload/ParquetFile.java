package dev.penstock.server.payload;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.jspecify.annotations.Nullable;

/// A record in each row, as Parquet. Tensors are the bytes that they were, so that nothing is rounded.
/// Confined to one thread; it can be read once it is closed.
final class ParquetFile implements RecordFile<PayloadRecord> {
    /// What is held in memory until it is compressed and written.
    private static final long ROW_GROUP_BYTES = 8L << 20;

    private static final String TENSORS = """
              required group %s (LIST) {
                repeated group list {
                  required group element {
                    required binary name (STRING);
                    required binary datatype (STRING);
                    required group shape (LIST) { repeated group list { required int64 element; } }
                    optional binary data;
                    optional binary redacted (STRING);
                    optional binary hash (STRING);
                  }
                }
              }
            """;

    private static final String TEXTS = """
              required group %s (MAP) {
                repeated group key_value { required binary key (STRING); required binary value (STRING); }
              }
            """;

    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType("""
            message penstock_payload {
              required int64 time (TIMESTAMP(MICROS,true));
              required binary id (STRING);
              required binary caller_id (STRING);
              required binary model (STRING);
              optional int64 version;
              optional binary route (STRING);
              optional binary arm (STRING);
              optional binary assignment (STRING);
              required int64 latency_us;
              optional binary code (STRING);
              optional binary message (STRING);
              required group wanted (LIST) { repeated group list { required binary element (STRING); } }
            """
            + TEXTS.formatted("parameters")
            + TEXTS.formatted("headers")
            + """
              required group redacted_headers (LIST) {
                repeated group list { required binary element (STRING); }
              }
            """
            + TENSORS.formatted("inputs")
            + TENSORS.formatted("outputs")
            + "}");

    private final Path file;
    private final ParquetWriter<Group> writer;
    private long rows;
    private boolean broken;
    private boolean whole;

    /// @param file that is there and empty
    ParquetFile(Path file) throws IOException {
        this.file = file;
        this.writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withType(SCHEMA)
                .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
                .withConf(new PlainParquetConfiguration())
                .withCompressionCodec(CompressionCodecName.SNAPPY)
                .withRowGroupSize(ROW_GROUP_BYTES)
                .withDictionaryEncoding("inputs.list.element.data", false)
                .withDictionaryEncoding("outputs.list.element.data", false)
                .build();
    }

    @Override
    public void write(PayloadRecord record) throws IOException {
        Group row = row(record);
        try {
            writer.write(row);
        } catch (IOException | RuntimeException | Error e) { // The library throws all of them for a full disk.
            broken = true;
            throw new IOException(file + " cannot be written", e);
        }
        rows++;
    }

    private static Group row(PayloadRecord record) {
        Group row = new SimpleGroup(SCHEMA);
        row.add("time", ChronoUnit.MICROS.between(Instant.EPOCH, record.time()));
        row.add("id", record.id());
        row.add("caller_id", record.callerId());
        row.add("model", record.model());
        if (record.version() > 0) {
            row.add("version", record.version());
        }
        arm(row, record.arm());
        row.add("latency_us", record.latencyMicros());
        ErrorCode failure = record.failure();
        if (failure != null) {
            row.add("code", failure.name());
            row.add("message", record.message());
        }
        list(row.addGroup("wanted"), record.wanted());
        texts(row.addGroup("parameters"), record.parameters());
        texts(row.addGroup("headers"), record.headers());
        list(row.addGroup("redacted_headers"), new TreeSet<>(record.redactedHeaders()));
        tensors(row.addGroup("inputs"), record.inputs());
        tensors(row.addGroup("outputs"), record.outputs());
        return row;
    }

    private static void arm(Group row, @Nullable Assigned arm) {
        if (arm != null) {
            row.add("route", arm.route());
            row.add("arm", arm.arm());
            row.add("assignment", arm.header());
        }
    }

    private static void list(Group list, Collection<String> texts) {
        texts.forEach(text -> list.addGroup("list").add("element", text));
    }

    private static void texts(Group map, Map<String, String> texts) {
        new TreeMap<>(texts).forEach((key, value) -> {
            Group entry = map.addGroup("key_value");
            entry.add("key", key);
            entry.add("value", value);
        });
    }

    private static void tensors(Group list, List<PayloadTensor> tensors) {
        for (PayloadTensor tensor : tensors) {
            Group element = list.addGroup("list").addGroup("element");
            element.add("name", tensor.name());
            element.add("datatype", tensor.type().name());
            Group shape = element.addGroup("shape");
            for (long dim : tensor.shape().toArray()) {
                shape.addGroup("list").add("element", dim);
            }
            if (tensor.hasData()) {
                byte[] data = new byte[tensor.data().remaining()];
                tensor.data().duplicate().get(data);
                element.add("data", Binary.fromConstantByteArray(data));
            }
            if (tensor.redaction() != Redaction.NONE) {
                element.add("redacted", tensor.redaction().word());
            }
            if (!tensor.hash().isEmpty()) {
                element.add("hash", tensor.hash());
            }
        }
    }

    @Override
    public long bytes() {
        return writer.getDataSize();
    }

    @Override
    public long settled() {
        return whole ? rows : 0;
    }

    @Override
    public long unsettled() {
        return whole || broken ? 0 : rows;
    }

    @Override
    public long lost() {
        return broken ? rows : 0;
    }

    @Override
    public boolean broken() {
        return broken;
    }

    @Override
    public void close() throws IOException {
        boolean was = broken;
        broken = true;
        try {
            writer.close();
        } catch (RuntimeException | Error e) {
            throw new IOException(file + " cannot be ended", e);
        }
        if (!was) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            whole = true;
            broken = false;
        }
    }
}
