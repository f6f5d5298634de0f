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
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskModelFilesTest {
    private static final String HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    Path data;

    private final AtomicLong seconds = new AtomicLong(1_000_000);

    @Test
    void equalBytesLieThereOnceUnderTheirHash() throws IOException {
        try (DiskModelFiles files = open(1 << 20, null)) {
            StoredFile one = keep(files, "model.onnx", "hello");
            StoredFile other = keep(files, "sub/weights", "hello");

            assertThat(one).isEqualTo(new StoredFile("model.onnx", HELLO, 5));
            assertThat(other.sha256()).isEqualTo(HELLO);
            assertThat(files.has(List.of(one, other))).isTrue();
            assertThat(filesBelow("files")).containsExactly("2c/" + HELLO);
            assertThat(filesBelow("incoming")).isEmpty();
        }
    }

    @Test
    void aFolderHasTheFilesUnderTheirNamesUntilItIsClosed() throws IOException {
        try (DiskModelFiles files = open(1 << 20, null)) {
            List<StoredFile> version = List.of(keep(files, "model.onnx", "hello"), keep(files, "sub/weights", "world"));
            Path path;
            try (ModelFiles.Folder folder = files.folder(version)) {
                path = folder.path();
                assertThat(path.resolve("model.onnx")).hasContent("hello");
                assertThat(path.resolve("sub/weights")).hasContent("world");
                assertThat(read(folder, "sub/weights")).isEqualTo("world");
                assertThatThrownBy(() -> read(folder, "none")).isInstanceOf(FetchException.class);
            }
            assertThat(path).doesNotExist();
            assertThat(files.has(version)).isTrue();
        }
    }

    @Test
    void anotherHashOrTooManyBytesAreRefusedAndLeaveNothing() throws IOException {
        try (DiskModelFiles files = open(1 << 20, null)) {
            assertReason(Reason.CORRUPT, () -> files.keep("m", content("hellO"), HELLO, 100));
            assertReason(Reason.TOO_LARGE, () -> files.keep("m", content("hello"), HELLO, 4));
            assertReason(Reason.UNREACHABLE, () -> files.keep("m", breaking(), "", 100));

            assertThat(filesBelow("files")).isEmpty();
            assertThat(filesBelow("incoming")).isEmpty();
        }
    }

    @Test
    void aFileThatWasChangedOnTheDiskIsNeverHandedOut() throws IOException {
        try (DiskModelFiles files = open(1 << 20, null)) {
            StoredFile file = keep(files, "model.onnx", "hello");
            Files.writeString(data.resolve("files/2c/" + HELLO), "hellO");

            assertReason(Reason.CORRUPT, () -> use(files, file));
            assertReason(Reason.NOT_FOUND, () -> use(files, file));
            assertThat(files.has(List.of(file))).isFalse();
            assertThat(filesBelow("open")).isEmpty();
        }
    }

    @Test
    void aTruncatedFileCountsAsNotThere() throws IOException {
        try (DiskModelFiles files = open(1 << 20, null)) {
            StoredFile file = keep(files, "model.onnx", "hello");
            Files.writeString(data.resolve("files/2c/" + HELLO), "hell");

            assertThat(files.has(List.of(file))).isFalse();
            assertThat(keep(files, "model.onnx", "hello")).isEqualTo(file);
            assertThat(files.has(List.of(file))).isTrue();
        }
    }

    @Test
    void aSweepDropsWhatNoVersionHasButNotWhatIsNotSettled() {
        try (DiskModelFiles files = open(1 << 20, null)) {
            StoredFile recorded = keep(files, "a", "recorded");
            StoredFile orphan = keep(files, "b", "orphan");

            files.needs(() -> needs(Set.of(recorded.sha256()), Set.of()));
            files.sweep();
            assertThat(files.has(List.of(recorded, orphan))).isTrue();

            files.settle(List.of(recorded, orphan));
            files.sweep();
            assertThat(files.has(List.of(recorded))).isTrue();
            assertThat(files.has(List.of(orphan))).isFalse();
        }
    }

    @Test
    void whatWasUsedLongestAgoGoesFirst() {
        StoredFile first;
        StoredFile second;
        StoredFile third;
        try (DiskModelFiles files = open(30, null)) {
            first = keep(files, "a", "1111111111");
            second = keep(files, "b", "2222222222");
            third = keep(files, "c", "3333333333");
            use(files, first);
        }
        try (DiskModelFiles files = open(20, null)) {

            files.needs(() -> needs(Set.of(first.sha256(), second.sha256(), third.sha256()), Set.of()));
            files.sweep();

            assertThat(files.has(List.of(first, third))).isTrue();
            assertThat(files.has(List.of(second))).isFalse();
        }
    }

    @Test
    void uploadsAndOpenFoldersOutliveTheLimit() {
        StoredFile upload;
        StoredFile open;
        StoredFile other;
        try (DiskModelFiles files = open(100, null)) {
            upload = keep(files, "a", "upload");
            open = keep(files, "b", "open");
            other = keep(files, "c", "other");
        }
        try (DiskModelFiles files = open(1, null)) {
            Set<String> all = Set.of(upload.sha256(), open.sha256(), other.sha256());
            try (ModelFiles.Folder folder = files.folder(List.of(open))) {
                files.needs(() -> needs(all, Set.of(upload.sha256())));
                files.sweep();

                assertThat(folder.path().resolve("b")).hasContent("open");
                assertThat(files.has(List.of(upload, open))).isTrue();
                assertThat(files.has(List.of(other))).isFalse();
            }
            files.sweep();
            assertThat(files.has(List.of(open))).isFalse();
        }
    }

    @Test
    void roomIsMadeWhileSomethingIsWrittenAndNothingIsWrittenBeyondTheLimit() {
        try (DiskModelFiles files = open(30, null)) {
            StoredFile old = keep(files, "a", "1111111111");
            StoredFile used = keep(files, "b", "2222222222");
            StoredFile upload = keep(files, "c", "3333333333");
            files.settle(List.of(old, used, upload));
            Set<String> recorded = Set.of(old.sha256(), used.sha256(), upload.sha256());
            files.needs(() -> needs(recorded, Set.of(upload.sha256())));
            try (ModelFiles.Folder folder = files.folder(List.of(used))) {
                assertThat(folder.path()).exists();
                keep(files, "d", "4444444444");
                assertThat(files.has(List.of(old))).isFalse();
                assertThat(files.has(List.of(used, upload))).isTrue();

                assertThatThrownBy(() -> keep(files, "e", "5555555555"))
                        .isInstanceOf(FetchException.class)
                        .hasMessageContaining("files.max-bytes is 30, of which 30 are taken");
            }
            assertThat(filesBelow("incoming")).isEmpty();
            // Once it is not in use any more.
            keep(files, "e", "5555555555");
            assertThat(files.has(List.of(used))).isFalse();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatCannotFitDropsNothing() {
        try (DiskModelFiles files = open(30, null)) {
            StoredFile old = keep(files, "a", "1111111111");
            StoredFile upload = keep(files, "c", "3333333333");
            files.settle(List.of(old, upload));
            files.needs(() -> needs(Set.of(old.sha256(), upload.sha256()), Set.of(upload.sha256())));

            assertReason(Reason.DISK, () -> files.makeRoom(21));
            assertThat(files.has(List.of(old, upload))).isTrue();
            files.makeRoom(20);
            assertThat(files.has(List.of(old))).isFalse();
        }
    }

    @Test
    void whileNobodyKnowsWhatIsNeededNothingGoes() {
        try (DiskModelFiles files = open(10, null)) {
            StoredFile file = keep(files, "a", "1111111111");
            files.settle(List.of(file));

            assertReason(Reason.DISK, () -> keep(files, "b", "2"));
            files.needs(Optional::empty);
            files.sweep();
            assertReason(Reason.DISK, () -> keep(files, "b", "2"));
            assertThat(files.has(List.of(file))).isTrue();
        }
    }

    @Test
    void whatIsSettledAfterTheNeedsWereReadStays() {
        try (DiskModelFiles files = open(100, null)) {
            StoredFile file = keep(files, "a", "1111111111");
            files.needs(() -> {
                // Somebody records it and is done, just after this was read.
                files.settle(List.of(file));
                return needs(Set.of(), Set.of());
            });
            files.sweep();
            assertThat(files.has(List.of(file))).isTrue();
        }
    }

    @Test
    void equalBytesThatComeInTogetherCountOnce() throws Exception {
        int rounds = 20;
        int writers = 4;
        try (DiskModelFiles files = open(1 << 10, null);
                ExecutorService pool = Executors.newFixedThreadPool(writers)) {
            for (int i = 0; i < rounds; i++) {
                String content = "content %02d".formatted(i);
                CyclicBarrier together = new CyclicBarrier(writers);
                List<Callable<StoredFile>> keeps = Collections.nCopies(writers, () -> {
                    together.await();
                    return keep(files, "m", content);
                });
                for (Future<StoredFile> kept : pool.invokeAll(keeps)) {
                    assertThat(kept.get().bytes()).isEqualTo(content.length());
                }
            }

            int taken = rounds * "content 00".length();
            files.makeRoom((1 << 10) - taken);
            assertReason(Reason.DISK, () -> files.makeRoom((1 << 10) - taken + 1));
        }
    }

    @Test
    void whatWasDroppedAsDamagedMakesRoom() throws IOException {
        try (DiskModelFiles files = open(5, null)) {
            StoredFile file = keep(files, "m", "hello");
            Files.writeString(data.resolve("files/2c/" + HELLO), "hellO");
            assertReason(Reason.CORRUPT, () -> use(files, file));

            assertThat(keep(files, "m", "hello")).isEqualTo(file);
        }
    }

    @Test
    void aStartDropsWhatAnEarlierOneLeftHalfDone() throws IOException {
        try (DiskModelFiles files = open(1 << 20, null)) {
            keep(files, "a", "hello");
        }
        Files.writeString(data.resolve("incoming/7.tmp"), "half");
        Files.createDirectories(data.resolve("open/3/sub"));
        Files.writeString(data.resolve("open/3/sub/x"), "x");

        try (DiskModelFiles files = open(1 << 20, null)) {
            assertThat(filesBelow("incoming")).isEmpty();
            assertThat(filesBelow("open")).isEmpty();
            assertThat(files.has(List.of(new StoredFile("a", HELLO, 5)))).isTrue();
        }
    }

    @Test
    void aDataFolderHasOneOwner() {
        try (DiskModelFiles files = open(1 << 20, null)) {
            assertThat(files.has(List.of())).isTrue();
            assertReason(Reason.DISK, () -> {
                try (DiskModelFiles second = open(1 << 20, null)) {
                    assertThat(second).isNull();
                }
            });
        }
    }

    @Test
    void withAKeyNothingLiesThereInPlain() throws IOException {
        String secret = "a very secret model ".repeat(20_000);
        SealingKey key = key(1);
        try (DiskModelFiles files = open(10 << 20, key)) {
            StoredFile file = keep(files, "model.onnx", secret);
            StoredFile empty = keep(files, "empty", "");

            assertThat(files.has(List.of(file, empty))).isTrue();
            for (String name : filesBelow("files")) {
                assertThat(new String(
                                Files.readAllBytes(data.resolve("files").resolve(name)), StandardCharsets.ISO_8859_1))
                        .doesNotContain("secret");
            }
            try (ModelFiles.Folder folder = files.folder(List.of(file, empty))) {
                assertThat(folder.sealed()).isTrue();
                assertThatThrownBy(folder::path).isInstanceOf(IllegalStateException.class);
                assertThat(read(folder, "model.onnx")).isEqualTo(secret);
                assertThat(read(folder, "empty")).isEmpty();
                assertThat(filesBelow("open")).isEmpty();
            }
        }
    }

    @Test
    void sealedFilesOfEverySizeAroundAChunkComeBack() {
        try (DiskModelFiles files = open(10 << 20, key(1))) {
            for (int bytes : List.of(1, 65_535, 65_536, 65_537, 131_072, 200_000)) {
                StoredFile file = keep(files, "m", "x".repeat(bytes));
                try (ModelFiles.Folder folder = files.folder(List.of(file))) {
                    assertThat(read(folder, "m")).hasSize(bytes);
                }
            }
        }
    }

    @Test
    void aChangedSealedFileIsDroppedAndOneOfAnotherKeyIsNot() throws IOException {
        StoredFile file;
        try (DiskModelFiles files = open(10 << 20, key(1))) {
            file = keep(files, "m", "x".repeat(100_000));
        }
        try (DiskModelFiles files = open(10 << 20, key(2))) {
            assertReason(Reason.REFUSED, () -> use(files, file));
        }
        try (DiskModelFiles files = open(10 << 20, null)) {
            assertReason(Reason.REFUSED, () -> use(files, file));
        }
        try (DiskModelFiles files = open(10 << 20, key(1))) {
            use(files, file);
            Path sealed = data.resolve("files").resolve(filesBelow("files").getFirst());
            byte[] bytes = Files.readAllBytes(sealed);
            bytes[70_000] ^= 1;
            Files.write(sealed, bytes);

            assertReason(Reason.CORRUPT, () -> use(files, file));
            assertThat(files.has(List.of(file))).isFalse();
        }
    }

    @Test
    void ofAnotherKeyItCountsAsNotThereAndIsKeptAnew() throws IOException {
        StoredFile file;
        try (DiskModelFiles files = open(10 << 20, key(1))) {
            file = keep(files, "m", "secret");
        }
        try (DiskModelFiles files = open(10 << 20, key(2))) {
            assertThat(files.lacking(List.of(file))).contains("m (sha256 ", "encrypted with another key");
            assertThat(keep(files, "m", "secret")).isEqualTo(file);
            use(files, file);
        }
        try (DiskModelFiles files = open(10 << 20, null)) {
            assertThat(files.lacking(List.of(file))).contains("this server has no key");
            keep(files, "m", "secret");
            use(files, file);
            assertThat(filesBelow("files")).hasSize(1);
        }
    }

    @Test
    void aStartWithAKeyEncryptsWhatLayThereInPlain() throws IOException {
        StoredFile good;
        StoredFile damaged;
        try (DiskModelFiles files = open(10 << 20, null)) {
            good = keep(files, "a", "a secret");
            damaged = keep(files, "b", "hello");
        }
        Files.writeString(data.resolve("files/2c/" + HELLO), "hellO");
        Files.createDirectories(data.resolve("parts"));
        Files.writeString(data.resolve("parts/x.part"), "a secret");

        try (DiskModelFiles files = open(10 << 20, key(1))) {
            assertThat(files.has(List.of(good))).isTrue();
            assertThat(files.has(List.of(damaged))).isFalse();
            assertThat(filesBelow("files")).singleElement().asString().endsWith(".sealed");
            assertThat(data.resolve("parts")).doesNotExist();
            try (ModelFiles.Folder folder = files.folder(List.of(good))) {
                assertThat(read(folder, "a")).isEqualTo("a secret");
            }
        }
    }

    @Test
    void exchangedAndTruncatedSealedFilesAreRefused() throws IOException {
        try (DiskModelFiles files = open(10 << 20, key(1))) {
            StoredFile one = keep(files, "m", "x".repeat(70_000));
            StoredFile other = keep(files, "m", "y".repeat(70_000));
            Path there = sealed(one);
            Files.copy(sealed(other), there, StandardCopyOption.REPLACE_EXISTING);
            assertReason(Reason.CORRUPT, () -> use(files, one));

            Path cut = sealed(other);
            Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 60_000));
            assertReason(Reason.NOT_FOUND, () -> use(files, other));
        }
    }

    private Path sealed(StoredFile file) {
        return data.resolve("files").resolve(file.sha256().substring(0, 2)).resolve(file.sha256() + ".sealed");
    }

    private static Optional<ModelFiles.Needs> needs(Set<String> recorded, Set<String> irreplaceable) {
        return Optional.of(new ModelFiles.Needs(recorded, irreplaceable));
    }

    @MustBeClosed
    private DiskModelFiles open(long maxBytes, @Nullable SealingKey key) {
        return DiskModelFiles.open(data, maxBytes, key, () -> Instant.ofEpochSecond(seconds.incrementAndGet()));
    }

    private SealingKey key(int number) {
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

    private static void use(ModelFiles files, StoredFile file) {
        try (ModelFiles.Folder folder = files.folder(List.of(file))) {
            assertThat(folder).isNotNull();
        }
    }

    private static StoredFile keep(ModelFiles files, String path, String content) {
        return files.keep(path, content(content), "", 1 << 20);
    }

    private static InputStream content(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InputStream breaking() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("broken");
            }

            @Override
            public int read(byte[] bytes, int from, int count) throws IOException {
                throw new IOException("broken");
            }
        };
    }

    private static String read(ModelFiles.Folder folder, String path) {
        try (Arena arena = Arena.ofConfined()) {
            return new String(folder.read(path, arena).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    private static void assertReason(Reason reason, Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private List<String> filesBelow(String folder) throws IOException {
        Path root = data.resolve(folder);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .toList();
        }
    }
}
