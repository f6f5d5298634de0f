package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadFolderTest {
    private static final PayloadRecord RECORD =
            Records.of("a", List.of(Records.floats("x", 1, 2, 3)), List.of(Records.floats("y", 4)));
    private static final long LINE = PayloadJson.line(RECORD).length;

    @TempDir
    private Path folder;

    private Instant now = Records.TIME;

    private PayloadFolder open(long fileBytes, long totalBytes) throws Exception {
        RecordFolder.Limits limits = new RecordFolder.Limits(fileBytes, Duration.ofMinutes(10), totalBytes);
        return new PayloadFolder(folder.resolve("new"), PayloadFormat.JSON, limits, "s1", () -> now);
    }

    private List<String> names() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("new"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFileHasItsNameOnceItIsWhole() throws Exception {
        try (PayloadFolder files = open(2 * LINE, 1 << 20)) {
            assertThat(names()).isEmpty();
            files.write(RECORD);
            assertThat(names()).containsExactly("payload-20260131T120000.123Z-s1-0001.jsonl.part");
            files.write(RECORD);
            assertThat(names()).containsExactly("payload-20260131T120000.123Z-s1-0001.jsonl");
            files.write(RECORD);
        }
        assertThat(names())
                .containsExactly(
                        "payload-20260131T120000.123Z-s1-0001.jsonl", "payload-20260131T120000.123Z-s1-0002.jsonl");
        assertThat(Files.size(folder.resolve("new").resolve(names().getLast()))).isEqualTo(LINE);
    }

    @Test
    void aFileOfAnAgeEnds() throws Exception {
        try (PayloadFolder files = open(1 << 20, 1 << 22)) {
            files.write(RECORD);
            now = now.plus(Duration.ofMinutes(9));
            files.tick();
            assertThat(names()).singleElement().asString().endsWith(".part");
            // What is written so far can be read.
            assertThat(Files.size(folder.resolve("new").resolve(names().getFirst())))
                    .isEqualTo(LINE);
            now = now.plus(Duration.ofMinutes(1));
            files.tick();
            assertThat(names()).singleElement().asString().endsWith(".jsonl");
            files.tick();
        }
        assertThat(names()).hasSize(1);
    }

    @Test
    void theOldestGoWhenAllAreTooLarge() throws Exception {
        Files.createDirectories(folder.resolve("new"));
        Path other = Files.writeString(folder.resolve("new").resolve("notes.txt"), "not ours");
        try (PayloadFolder files = open(LINE, 3 * LINE)) {
            for (int i = 0; i < 5; i++) {
                now = now.plusSeconds(1);
                files.write(RECORD);
            }
        }
        // Two whole ones, and room for the next.
        assertThat(names())
                .containsExactly(
                        "notes.txt",
                        "payload-20260131T120004.123Z-s1-0004.jsonl",
                        "payload-20260131T120005.123Z-s1-0005.jsonl");
        assertThat(other).exists();
    }

    /// Takes what it is given until the disk is full, and then is broken.
    private static final class Breaking implements RecordFile<PayloadRecord> {
        private final @Nullable Error atEnd;
        private long taken;
        private boolean broken;

        /// @param atEnd what closing it throws, or null
        Breaking(@Nullable Error atEnd) {
            this.atEnd = atEnd;
        }

        @Override
        public void write(PayloadRecord record) throws IOException {
            if (taken == 1) {
                broken = true;
                throw new IOException("no space left");
            }
            taken++;
        }

        @Override
        public long bytes() {
            return taken;
        }

        @Override
        public long settled() {
            return 0;
        }

        @Override
        public long unsettled() {
            return broken ? 0 : taken;
        }

        @Override
        public long lost() {
            return broken ? taken : 0;
        }

        @Override
        public boolean broken() {
            return broken;
        }

        @Override
        public void close() {
            if (atEnd != null) {
                broken = true;
                throw atEnd;
            }
        }
    }

    @Test
    void anErrorAtTheEndOfAFileLosesItsRecordsAndNothingIsBegunUntilTheNextTick() throws Exception {
        List<Path> begun = new ArrayList<>();
        RecordFolder.Form<PayloadRecord> form = new RecordFolder.Form<>(PayloadFolder.PREFIX, ".x", file -> {
            begun.add(file);
            return new Breaking(new NoClassDefFoundError("a test's"));
        });
        RecordFolder.Limits limits = new RecordFolder.Limits(1, Duration.ofMinutes(10), 1000);
        PayloadFolder files = new PayloadFolder(folder.resolve("new"), form, limits, "s1", () -> now);
        Path tooMuch = Files.write(folder.resolve("new/payload-20260131T110000.000Z-s2-0001.x"), new byte[1000]);
        files.write(RECORD);
        assertThat(files.lost()).isOne();
        assertThat(files.unsettled()).isZero();
        assertThat(begun).hasSize(1);
        assertThat(names()).isEmpty();
        assertThat(tooMuch).doesNotExist();
        assertThatIOException().isThrownBy(() -> files.write(RECORD));
        assertThat(begun).hasSize(1);
        assertThatIOException()
                .isThrownBy(files::tick)
                .withMessageEndingWith("could not be ended")
                .withCauseInstanceOf(NoClassDefFoundError.class);
        files.close();
    }

    @Test
    void anErrorAtTheBeginningOfAFileLeavesNothingAndIsNotRepeatedUntilTheNextTick() throws Exception {
        List<Path> begun = new ArrayList<>();
        RecordFolder.Form<PayloadRecord> form = new RecordFolder.Form<>(PayloadFolder.PREFIX, ".x", file -> {
            begun.add(file);
            throw new NoClassDefFoundError("a test's");
        });
        RecordFolder.Limits limits = new RecordFolder.Limits(1, Duration.ofMinutes(10), 1000);
        PayloadFolder files = new PayloadFolder(folder.resolve("new"), form, limits, "s1", () -> now);
        assertThatThrownBy(() -> files.write(RECORD)).isInstanceOf(NoClassDefFoundError.class);
        assertThat(names()).isEmpty();
        assertThatIOException().isThrownBy(() -> files.write(RECORD));
        assertThat(begun).hasSize(1);
        assertThatIOException().isThrownBy(files::tick).withMessageEndingWith("could not be begun");
        files.close();
    }

    @Test
    void afterAFailureNothingIsBegunUntilTheNextTick() throws Exception {
        List<Path> begun = new ArrayList<>();
        RecordFolder.Form<PayloadRecord> form = new RecordFolder.Form<>(PayloadFolder.PREFIX, ".x", file -> {
            begun.add(file);
            return new Breaking(null);
        });
        RecordFolder.Limits limits = new RecordFolder.Limits(100, Duration.ofMinutes(10), 1000);
        PayloadFolder files = new PayloadFolder(folder.resolve("new"), form, limits, "s1", () -> now);
        files.write(RECORD);
        assertThat(files.unsettled()).isOne();
        for (int i = 0; i < 5; i++) {
            assertThatIOException().isThrownBy(() -> files.write(RECORD));
        }
        assertThat(begun).hasSize(1);
        assertThat(names()).isEmpty();
        assertThat(files.unsettled()).isZero();
        assertThat(files.lost()).isOne();
        assertThatIOException().isThrownBy(files::tick).withMessage("no space left");
        files.tick();
        files.write(RECORD);
        assertThat(begun).hasSize(2);
        assertThat(names()).hasSize(1);
        files.close();
        assertThat(names()).isEmpty();
    }

    @Test
    void anotherServersFileIsSparedWhileItIsWritten() throws Exception {
        Path all = Files.createDirectories(folder.resolve("new"));
        Path whole = old(all.resolve("payload-20260131T110000.000Z-s2-0001.jsonl"), Duration.ofMinutes(19));
        Path written = old(all.resolve("payload-20260131T110000.000Z-s2-0002.jsonl.part"), Duration.ofMinutes(19));
        Path left = old(all.resolve("payload-20260131T110000.000Z-s3-0001.jsonl.part"), Duration.ofMinutes(21));
        try (PayloadFolder _ = open(LINE, 2 * LINE)) {
            assertThat(written).exists();
            assertThat(whole).doesNotExist();
            assertThat(left).doesNotExist();
        }
    }

    private Path old(Path file, Duration age) throws IOException {
        Files.write(file, new byte[(int) (2 * LINE)]);
        return Files.setLastModifiedTime(file, FileTime.from(now.minus(age)));
    }

    @Test
    void othersCannotReadWhatIsWritten() throws Exception {
        try (PayloadFolder files = open(1 << 20, 1 << 22)) {
            files.write(RECORD);
            Path part = folder.resolve("new").resolve(names().getFirst());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part)))
                    .startsWith("rw-")
                    .endsWith("---");
        }
    }
}
