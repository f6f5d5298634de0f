package dev.penstock.server.monitoring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/// Looks at what a Parquet file says of itself before the library does, which makes room for as many columns,
/// pages and bytes as it is told of, and goes as deep. For one thread, and one file.
final class ParquetBounds {
    private static final String MAGIC = "PAR1";
    private static final int MAGIC_BYTES = 4;
    private static final int TAIL_BYTES = Integer.BYTES + MAGIC_BYTES;

    /// Of the footer: some ten for each column of each row group.
    private static final int MOST_STRUCTURES = 1 << 17;

    /// Of the footer: some five for each column of each row group, and its structures.
    private static final int MOST_ENTRIES = 1 << 18;

    private static final int MOST_OF_PAGE = 64;

    /// Of all columns together: chunks that say they are at the same place are walked once each.
    private static final int MOST_PAGES = 1 << 16;

    /// Fields, by their numbers in parquet.thrift.
    private static final long CHILDREN = CompactThrift.path(2, 5);

    private static final long PAGE_TYPE = CompactThrift.path(1);
    private static final long PAGE_BYTES = CompactThrift.path(3);
    private static final long VALUES = CompactThrift.path(5, 1);
    private static final long VALUES_2 = CompactThrift.path(8, 1);
    private static final int DATA_PAGE = 0;
    private static final int DATA_PAGE_2 = 3;

    private final byte[] file;
    private final int footer;
    private int parents;
    private int pages;

    /// @throws IllegalArgumentException if the file is none, or has no footer
    ParquetBounds(byte[] file) {
        this.file = file;
        boolean parquet = file.length >= MAGIC_BYTES + TAIL_BYTES && isMagic(0) && isMagic(file.length - MAGIC_BYTES);
        if (!parquet) {
            throw new IllegalArgumentException("it cannot be read as Parquet: %d bytes (expected: %s first and last)"
                    .formatted(file.length, MAGIC));
        }
        int tail = file.length - TAIL_BYTES;
        int bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(tail);
        if (bytes <= 0 || bytes > tail - MAGIC_BYTES) {
            throw new IllegalArgumentException("it cannot be read as Parquet: a footer of %d bytes (expected: 1..%d)"
                    .formatted(bytes, tail - MAGIC_BYTES));
        }
        this.footer = tail - bytes;
    }

    private boolean isMagic(int at) {
        return new String(file, at, MAGIC_BYTES, StandardCharsets.US_ASCII).equals(MAGIC);
    }

    /// @throws IllegalArgumentException if it says that there is more than there can be
    void checkFooter() {
        parents = 0;
        CompactThrift walk = new CompactThrift(
                file, footer, file.length - TAIL_BYTES, MOST_STRUCTURES, MOST_ENTRIES, this::countParents);
        walk("the footer", walk);
        if (parents > 1) {
            throw new IllegalArgumentException("columns in columns (expected: numbers, booleans or texts)");
        }
    }

    private void countParents(long path, long value) {
        parents += path == CHILDREN && value > 0 ? 1 : 0;
    }

    /// @throws IllegalArgumentException if a page says that there is more than there can be
    void checkPages(ColumnChunkMetaData chunk) {
        String name = chunk.getPath().toDotString();
        long start = chunk.getStartingPos();
        if (start < 0 || start > footer) {
            throw new IllegalArgumentException(
                    "column %s: it begins at byte %d (expected: 0..%d)".formatted(name, start, footer));
        }
        int at = (int) start;
        long values = 0;
        while (values < chunk.getValueCount()) {
            pages++;
            if (pages > MOST_PAGES) {
                throw new IllegalArgumentException(
                        "column %s: page %d of the file (expected: <= %d)".formatted(name, pages, MOST_PAGES));
            }
            PageHead head = new PageHead();
            at = walk("column " + name, new CompactThrift(file, at, footer, MOST_OF_PAGE, MOST_OF_PAGE, head));
            if (head.bytes < 0 || head.bytes > footer - at || head.values() < 0) {
                throw new IllegalArgumentException(
                        "column %s: a page of %d values, %d bytes (expected: <= %d bytes, which are left)"
                                .formatted(name, head.values(), head.bytes, footer - at));
            }
            at += (int) head.bytes;
            values += head.values();
        }
    }

    private static int walk(String what, CompactThrift walk) {
        try {
            return walk.walk();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "it cannot be read as Parquet: %s, %s".formatted(what, e.getMessage()), e);
        }
    }

    /// What is before a page.
    private static final class PageHead implements CompactThrift.Seen {
        private long type;
        private long bytes;
        private long first;
        private long second;

        @Override
        public void number(long path, long value) {
            if (path == PAGE_TYPE) {
                type = value;
            } else if (path == PAGE_BYTES) {
                bytes = value;
            } else if (path == VALUES) {
                first = value;
            } else if (path == VALUES_2) {
                second = value;
            }
        }

        long values() {
            return type == DATA_PAGE ? first : type == DATA_PAGE_2 ? second : 0;
        }
    }
}
