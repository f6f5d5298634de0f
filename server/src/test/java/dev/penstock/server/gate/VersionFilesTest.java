package dev.penstock.server.gate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.source.disk.DiskModelFiles;
import dev.penstock.server.source.disk.SealingKey;
import dev.penstock.server.store.StoredFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionFilesTest {
    @TempDir
    Path data = Path.of("");

    @Test
    void ofAFolder() throws IOException {
        Files.writeString(data.resolve("golden.json"), "hello");
        Files.createDirectory(data.resolve("folder"));

        assertReads(VersionFiles.in(data));
        assertThat(VersionFiles.in(data).read("folder", 100)).isNull();
    }

    @Test
    void ofKeptFiles() throws IOException {
        readKept(null);
    }

    @Test
    void ofKeptFilesThatAreEncrypted() throws IOException {
        readKept(SealingKey.of(null, Map.of(SealingKey.VARIABLE, "00".repeat(32))));
    }

    private void readKept(@Nullable SealingKey key) throws IOException {
        try (DiskModelFiles files = DiskModelFiles.open(data.resolve("data"), 1 << 20, key, () -> Instant.EPOCH)) {
            StoredFile kept = files.keep("golden.json", new ByteArrayInputStream("hello".getBytes(UTF_8)), "", 100);
            try (ModelFiles.Folder folder = files.folder(List.of(kept))) {
                assertReads(VersionFiles.of(folder));
            }
        }
    }

    private static void assertReads(VersionFiles files) throws IOException {
        assertThat(files.read("golden.json", 5)).isEqualTo("hello".getBytes(UTF_8));
        assertThat(files.read("other.json", 5)).isNull();
        assertThatThrownBy(() -> files.read("golden.json", 4))
                .isInstanceOf(IOException.class)
                .hasMessage("it has 5 bytes (expected: <= 4)");
    }
}
