package dev.penstock.server.monitoring;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/// Reads a Parquet file of plain columns as lines of texts, as those of CSV: the names first, no text for what
/// is missing. For one thread, and one file.
///
/// A small file may say that it is small, and be a large one: what a page takes, and how often a value comes,
/// is in the middle of it. So everything is counted as it is read, whatever the file says of itself; and what
/// it says is looked at before room is made for that.
final class ParquetTable {
    /// The others need Hadoop.
    private static final Set<CompressionCodecName> CODECS = new TreeSet<>(
            List.of(CompressionCodecName.UNCOMPRESSED, CompressionCodecName.SNAPPY, CompressionCodecName.ZSTD));

    private static final long MOST_VALUES = 2_000_000;

    /// Of all texts together, each as often as it comes.
    private static final long MOST_CHARACTERS = 1L << 25;

    /// Of all pages, unpacked.
    private static final long MOST_BYTES = 128L << 20;

    /// Different texts of which there is only one in memory, however often they come.
    private static final int MOST_SHARED = 1 << 16;

    private final Map<String, String> shared = new HashMap<>();
    private final MessageType schema;
    private long values;
    private long characters;

    private ParquetTable(MessageType schema) {
        this.schema = schema;
    }

    /// @throws IllegalArgumentException if it is none, or too much
    static List<List<String>> rows(byte[] file) {
        ParquetBounds bounds = new ParquetBounds(file);
        bounds.checkFooter();
        ParquetReadOptions usual = ParquetReadOptions.builder().build();
        ParquetReadOptions bounded = ParquetReadOptions.builder()
                .withCodecFactory(new BoundedCodecs(usual.getCodecFactory(), MOST_BYTES))
                .build();
        try (ParquetFileReader groups = ParquetFileReader.open(new BytesFile(file), bounded)) {
            MessageType schema = groups.getFileMetaData().getSchema();
            check(groups, schema, file.length);
            groups.getRowGroups().forEach(group -> group.getColumns().forEach(bounds::checkPages));
            ParquetTable table = new ParquetTable(schema);
            List<List<String>> rows = new ArrayList<>();
            rows.add(schema.getFields().stream().map(Type::getName).toList());
            MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
            for (PageReadStore group = groups.readNextRowGroup(); group != null; group = groups.readNextRowGroup()) {
                RecordReader<Group> reader = columns.getRecordReader(group, new GroupRecordConverter(schema));
                for (long row = 0; row < group.getRowCount(); row++) {
                    rows.add(table.row(reader.read()));
                }
            }
            return rows;
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // What the library throws of a file that is none.
            throw new IllegalArgumentException("it cannot be read as Parquet: " + e.getMessage(), e);
        }
    }

    /// Before anything is read, or room is made for it.
    private static void check(ParquetFileReader groups, MessageType schema, long fileBytes) {
        for (BlockMetaData group : groups.getRowGroups()) {
            for (ColumnChunkMetaData chunk : group.getColumns()) {
                if (!CODECS.contains(chunk.getCodec())) {
                    throw new IllegalArgumentException("column %s: compressed by %s (expected: %s)"
                            .formatted(chunk.getPath().toDotString(), chunk.getCodec(), CODECS));
                }
                if (chunk.getTotalSize() < 0 || chunk.getTotalSize() > fileBytes) {
                    throw new IllegalArgumentException("column %s: %d bytes (expected: 0..%d, what the file has)"
                            .formatted(chunk.getPath().toDotString(), chunk.getTotalSize(), fileBytes));
                }
            }
        }
        long values = groups.getRecordCount() * schema.getFieldCount();
        long bytes = groups.getRowGroups().stream()
                .mapToLong(BlockMetaData::getTotalByteSize)
                .sum();
        if (groups.getRecordCount() > MOST_VALUES || values > MOST_VALUES || bytes > MOST_BYTES) {
            throw new IllegalArgumentException("%d rows of %d columns, %d bytes (expected: <= %d values, %d bytes)"
                    .formatted(groups.getRecordCount(), schema.getFieldCount(), bytes, MOST_VALUES, MOST_BYTES));
        }
        for (Type column : schema.getFields()) {
            boolean plain = column.isPrimitive() && !column.isRepetition(Type.Repetition.REPEATED);
            if (!plain || !isRead(column.asPrimitiveType().getPrimitiveTypeName())) {
                throw new IllegalArgumentException(
                        "column '%s' is %s (expected: numbers, booleans or texts)".formatted(column.getName(), column));
            }
        }
    }

    private static boolean isRead(PrimitiveTypeName type) {
        return switch (type) {
            case INT32, INT64, FLOAT, DOUBLE, BOOLEAN, BINARY -> true;
            case INT96, FIXED_LEN_BYTE_ARRAY -> false;
        };
    }

    private List<String> row(Group row) {
        values += schema.getFieldCount();
        if (values > MOST_VALUES) {
            throw new IllegalArgumentException("%d values and more (expected: <= %d)".formatted(values, MOST_VALUES));
        }
        List<String> texts = new ArrayList<>(schema.getFieldCount());
        for (int i = 0; i < schema.getFieldCount(); i++) {
            boolean missing = row.getFieldRepetitionCount(i) == 0;
            texts.add(
                    missing
                            ? ""
                            : text(row, i, schema.getType(i).asPrimitiveType().getPrimitiveTypeName()));
        }
        return texts;
    }

    private String text(Group row, int column, PrimitiveTypeName type) {
        return switch (type) {
            case INT32 -> Integer.toString(row.getInteger(column, 0));
            case INT64 -> Long.toString(row.getLong(column, 0));
            case FLOAT -> Double.toString(row.getFloat(column, 0));
            case DOUBLE -> Double.toString(row.getDouble(column, 0));
            // As tensors have them.
            case BOOLEAN -> row.getBoolean(column, 0) ? "1" : "0";
            case BINARY, INT96, FIXED_LEN_BYTE_ARRAY -> counted(row.getString(column, 0));
        };
    }

    private String counted(String text) {
        characters += text.length();
        if (characters > MOST_CHARACTERS) {
            throw new IllegalArgumentException(
                    "texts of %d characters and more (expected: <= %d)".formatted(characters, MOST_CHARACTERS));
        }
        String same = shared.get(text);
        if (same != null) {
            return same;
        }
        if (shared.size() < MOST_SHARED) {
            shared.put(text, text);
        }
        return text;
    }

    /// A file that is in memory.
    private static final class BytesFile implements InputFile {
        private final byte[] bytes;

        BytesFile(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long getLength() {
            return bytes.length;
        }

        @Override
        public SeekableInputStream newStream() {
            Bytes stream = new Bytes(bytes);
            return new DelegatingSeekableInputStream(stream) {
                @Override
                public long getPos() {
                    return stream.at();
                }

                @Override
                public void seek(long position) throws IOException {
                    stream.go(position);
                }
            };
        }
    }

    private static final class Bytes extends ByteArrayInputStream {
        Bytes(byte[] bytes) {
            super(bytes);
        }

        synchronized long at() {
            return pos;
        }

        synchronized void go(long position) throws IOException {
            if (position < 0 || position > count) {
                throw new IOException("position %d of %d bytes".formatted(position, count));
            }
            pos = (int) position;
        }
    }
}
