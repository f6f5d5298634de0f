package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonFileTest {
    @TempDir
    private Path folder;

    private Path file;
    private FullDisk disk;

    /// A real file on a disk that can be full: then it takes a few bytes, and no more.
    private static final class FullDisk implements Disk {
        private final Disk file;
        private boolean full;
        private boolean stubborn;
        private boolean closed;
        private int most;

        FullDisk(Disk file) {
            this.file = file;
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            most = Math.max(most, count);
            if (full) {
                file.write(bytes, from, 10);
                throw new IOException("no space left");
            }
            file.write(bytes, from, count);
        }

        @Override
        public void cut(long length) throws IOException {
            if (stubborn) {
                throw new IOException("read-only");
            }
            file.cut(length);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void close() throws IOException {
            closed = true;
            file.close();
        }
    }

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.createFile(folder.resolve("lines"));
        disk = new FullDisk(Disk.of(file));
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
        try (JsonFile<PayloadRecord> lines = new JsonFile<>(disk, PayloadJson::line)) {
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
        assertThat(disk.closed).isTrue();
    }

    @Test
    void aLongLineThatIsNotWrittenIsNotTaken() throws Exception {
        PayloadRecord large = Records.of("large", List.of(Records.floats("x", new float[100_000])), List.of());
        try (JsonFile<PayloadRecord> lines = new JsonFile<>(disk, PayloadJson::line)) {
            lines.write(record("a"));
            lines.flush();
            disk.full = true;
            assertThatIOException().isThrownBy(() -> lines.write(large));
            assertThat(lines.lost()).isZero();
            disk.full = false;
            lines.write(large);
            assertThat(lines.settled()).isEqualTo(2);
        }
        assertThat(disk.most).isEqualTo(JsonFile.BUFFER_BYTES);
        assertThat(ids()).containsExactly("a", "large");
    }

    @Test
    void aFileWithHalfALineIsBrokenAndLeftAlone() throws Exception {
        JsonFile<PayloadRecord> lines = new JsonFile<>(disk, PayloadJson::line);
        lines.write(record("a"));
        disk.full = true;
        disk.stubborn = true;
        assertThatIOException().isThrownBy(lines::flush);
        assertThat(lines.broken()).isTrue();
        disk.full = false;
        lines.close();
        assertThat(Files.size(file)).isEqualTo(10);
        assertThat(lines.lost()).isOne();
        assertThat(disk.closed).isTrue();
    }

    @Test
    void whoIsToldToStopLeavesWholeLinesAndGoesOn() throws Exception {
        try (JsonFile<PayloadRecord> lines = new JsonFile<>(file, PayloadJson::line)) {
            lines.write(record("a"));
            Thread.currentThread().interrupt();
            lines.flush();
            lines.write(record("b"));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(ids()).containsExactly("a", "b");
    }
}
