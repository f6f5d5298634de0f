package dev.penstock.server.source.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Files that are encrypted on the disk.
class SealedFilesTest extends DataFolder {
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
}
