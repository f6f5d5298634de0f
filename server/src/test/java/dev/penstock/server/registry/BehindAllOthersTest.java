package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.source.Sources;
import dev.penstock.server.source.disk.DiskModelFiles;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.SharedFiles;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What hashes files does so on a thread of its own, behind all others.
@Timeout(240)
class BehindAllOthersTest {
    private static final int MAX_BYTES = 1 << 20;

    @TempDir
    private Path data;

    private DiskModelFiles disk;
    private NotedFiles files;
    private StoredFile file;

    @BeforeEach
    @SuppressWarnings("MustBeClosedChecker") // close() does
    void open() {
        disk = DiskModelFiles.open(data, MAX_BYTES, null, InstantSource.system());
        files = new NotedFiles(disk);
        file = disk.keep("model.onnx", new ByteArrayInputStream("m".getBytes(StandardCharsets.UTF_8)), "", MAX_BYTES);
    }

    @AfterEach
    void close() {
        disk.close();
    }

    @Test
    void verifying() {
        Sources none = (uri, sha256, progress) -> {
            throw new AssertionError(uri);
        };
        LifecycleEvents events = new LifecycleEvents(InstantSource.system());
        try (FileDelivery delivery = new FileDelivery(files, none, UploadSharing.NONE, new KnownRecords(), events)) {
            assertThat(delivery.problems(version())).isEmpty();
        }
        assertThat(files.threads).containsExactly("model-check");
    }

    @Test
    void sharing() {
        NotedCopies copies = new NotedCopies(data.resolve("copy"));
        try (StoredUploads uploads = new StoredUploads(() -> copies, files, data.resolve("incoming"))) {
            uploads.share(version());
            disk.settle(List.of(file));
            disk.needs(() -> Optional.of(new ModelFiles.Needs(Set.of(), Set.of())));
            // What was settled since the last sweep stays for this one.
            disk.sweep();
            disk.sweep();
            assertThat(disk.has(List.of(file))).isFalse();

            assertThat(uploads.fetch(version())).isTrue();
        }
        assertThat(disk.has(List.of(file))).isTrue();
        assertThat(files.threads).containsExactly("model-check", "model-fetch");
        assertThat(copies.threads).containsExactly("model-check", "model-fetch");
    }

    private VersionRecord version() {
        return new VersionRecord(
                1, List.of(file), "", Instant.EPOCH, "me", Lineage.UNKNOWN, "", false, "", true, List.of());
    }

    /// Notes who keeps and who opens files.
    private record NotedFiles(DiskModelFiles files, Set<String> threads) implements ModelFiles {
        NotedFiles(DiskModelFiles files) {
            this(files, new ConcurrentSkipListSet<>());
        }

        @Override
        public StoredFile keep(String path, InputStream content, String sha256, long maxBytes) {
            threads.add(Thread.currentThread().getName());
            return files.keep(path, content, sha256, maxBytes);
        }

        @Override
        @MustBeClosed
        public Folder folder(List<StoredFile> wanted) {
            threads.add(Thread.currentThread().getName());
            return files.folder(wanted);
        }

        @Override
        public void settle(List<StoredFile> kept) {
            files.settle(kept);
        }

        @Override
        public String lacking(List<StoredFile> wanted) {
            return files.lacking(wanted);
        }

        @Override
        public void makeRoom(long bytes) {
            files.makeRoom(bytes);
        }

        @Override
        public void needs(Supplier<Optional<Needs>> needs) {
            files.needs(needs);
        }

        @Override
        public void sweep() {
            files.sweep();
        }
    }

    /// One file, beside the server.
    private record NotedCopies(Path copy, Set<String> threads) implements SharedFiles {
        NotedCopies(Path copy) {
            this(copy, new ConcurrentSkipListSet<>());
        }

        @Override
        public void put(StoredFile file, Path content) {
            copy(content, copy);
        }

        @Override
        public boolean fetch(StoredFile file, Path target) {
            copy(copy, target);
            return true;
        }

        private void copy(Path from, Path to) {
            threads.add(Thread.currentThread().getName());
            try {
                Files.copy(from, to);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public int sweep() {
            return 0;
        }

        @Override
        public void close() {
            // It is the test's folder.
        }
    }
}
