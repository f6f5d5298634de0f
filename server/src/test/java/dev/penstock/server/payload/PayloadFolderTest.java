package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
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
        PayloadFolder.Limits limits = new PayloadFolder.Limits(fileBytes, Duration.ofMinutes(10), totalBytes);
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
}
