package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonFileTest {
    @TempDir
    private Path folder;

    private Path file;
    private Disk disk;

    /// A real file on a disk that can be full: then it takes a few bytes, and no more.
    private static final class Disk implements SeekableByteChannel {
        private final SeekableByteChannel file;
        private boolean full;
        private boolean stubborn;

        Disk(SeekableByteChannel file) {
            this.file = file;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            if (full) {
                int _ = file.write(from.slice(from.position(), 10));
                throw new IOException("no space left");
            }
            return file.write(from);
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            if (stubborn) {
                throw new IOException("read-only");
            }
            return file.truncate(size);
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            return file.read(to);
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public SeekableByteChannel position(long newPosition) throws IOException {
            return file.position(newPosition);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.createFile(folder.resolve("lines"));
        disk = new Disk(Files.newByteChannel(file, StandardOpenOption.WRITE));
    }

    private static PayloadRecord record(String id) {
        return Records.of(id, List.of(Records.floats("x", 1)), List.of());
    }

    private List<String> ids() throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.replaceAll(".*\"id\":\"(\\w+)\",\"model\".*", "$1"))
                .toList();
    }

    @Test
    void aFullDiskLeavesWholeLinesAndWhatIsLostIsKnown() throws Exception {
        try (JsonFile lines = new JsonFile(disk)) {
            lines.write(record("a"));
            assertThat(lines.unsettled()).isOne();
            lines.flush();
            lines.write(record("b"));
            lines.write(record("c"));
            disk.full = true;
            assertThatIOException().isThrownBy(lines::flush).withMessage("no space left");
            assertThat(ids()).containsExactly("a");
            assertThat(lines.broken()).isFalse();
            assertThat(lines.settled()).isOne();
            assertThat(lines.lost()).isEqualTo(2);
            assertThat(lines.unsettled()).isZero();
            disk.full = false;
            lines.write(record("d"));
        }
        assertThat(ids()).containsExactly("a", "d");
        assertThat(disk.isOpen()).isFalse();
    }

    @Test
    void aLongLineThatIsNotWrittenIsNotTaken() throws Exception {
        PayloadRecord large = Records.of("large", List.of(Records.floats("x", new float[100_000])), List.of());
        try (JsonFile lines = new JsonFile(disk)) {
            lines.write(record("a"));
            lines.flush();
            disk.full = true;
            assertThatIOException().isThrownBy(() -> lines.write(large));
            assertThat(lines.lost()).isZero();
            disk.full = false;
            lines.write(large);
            assertThat(lines.settled()).isEqualTo(2);
        }
        assertThat(ids()).containsExactly("a", "large");
    }

    @Test
    void aFileWithHalfALineIsBrokenAndLeftAlone() throws Exception {
        JsonFile lines = new JsonFile(disk);
        lines.write(record("a"));
        disk.full = true;
        disk.stubborn = true;
        assertThatIOException().isThrownBy(lines::flush);
        assertThat(lines.broken()).isTrue();
        disk.full = false;
        lines.close();
        assertThat(Files.size(file)).isEqualTo(10);
        assertThat(lines.lost()).isOne();
        assertThat(disk.isOpen()).isFalse();
    }
}
