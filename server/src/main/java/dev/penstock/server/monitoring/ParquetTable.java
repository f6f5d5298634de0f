package dev.penstock.server.monitoring;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
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
/// is
/// missing.
final class ParquetTable {
    /// Each becomes a text of its own.
    private static final long MOST_VALUES = 2_000_000;

    /// A small file may say that it is a large one.
    private static final long MOST_BYTES = 256L << 20;

    private ParquetTable() {}

    /// @throws IllegalArgumentException if it is none, or too much
    static List<List<String>> rows(byte[] file) {
        try (ParquetFileReader groups = ParquetFileReader.open(new BytesFile(file))) {
            MessageType schema = groups.getFileMetaData().getSchema();
            check(groups, schema);
            List<List<String>> rows = new ArrayList<>();
            rows.add(schema.getFields().stream().map(Type::getName).toList());
            MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
            for (PageReadStore group = groups.readNextRowGroup(); group != null; group = groups.readNextRowGroup()) {
                RecordReader<Group> reader = columns.getRecordReader(group, new GroupRecordConverter(schema));
                for (long row = 0; row < group.getRowCount(); row++) {
                    rows.add(row(reader.read(), schema));
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

    private static void check(ParquetFileReader groups, MessageType schema) {
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

    private static List<String> row(Group row, MessageType schema) {
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

    private static String text(Group row, int column, PrimitiveTypeName type) {
        return switch (type) {
            case INT32 -> Integer.toString(row.getInteger(column, 0));
            case INT64 -> Long.toString(row.getLong(column, 0));
            case FLOAT -> Double.toString(row.getFloat(column, 0));
            case DOUBLE -> Double.toString(row.getDouble(column, 0));
            // As tensors have them.
            case BOOLEAN -> row.getBoolean(column, 0) ? "1" : "0";
            case BINARY, INT96, FIXED_LEN_BYTE_ARRAY -> row.getString(column, 0);
        };
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
