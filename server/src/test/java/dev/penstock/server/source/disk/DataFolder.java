package dev.penstock.server.source.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.StoredFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/// A data folder on the disk for one test.
abstract class DataFolder {
    static final String HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    Path data;

    final AtomicLong seconds = new AtomicLong(1_000_000);

    @MustBeClosed
    DiskModelFiles open(long maxBytes, @Nullable SealingKey key) {
        return DiskModelFiles.open(data, maxBytes, key, () -> Instant.ofEpochSecond(seconds.incrementAndGet()));
    }

    SealingKey key(int number) {
        try {
            Path file = data.resolveSibling(data.getFileName() + ".key" + number);
            Files.write(file, ("0" + number).repeat(32).getBytes(StandardCharsets.US_ASCII));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
            SealingKey key = SealingKey.read(file);
            Files.delete(file);
            return key;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static void use(ModelFiles files, StoredFile file) {
        try (ModelFiles.Folder folder = files.folder(List.of(file))) {
            assertThat(folder).isNotNull();
        }
    }

    static StoredFile keep(ModelFiles files, String path, String content) {
        return files.keep(path, content(content), "", 1 << 20);
    }

    static InputStream content(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    static String read(ModelFiles.Folder folder, String path) {
        try (Arena arena = Arena.ofConfined()) {
            return new String(folder.read(path, arena).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    static void assertReason(Reason reason, Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    List<String> filesBelow(String folder) throws IOException {
        Path root = data.resolve(folder);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .toList();
        }
    }
}
