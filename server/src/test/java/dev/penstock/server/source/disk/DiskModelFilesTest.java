package dev.penstock.server.source.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiskModelFilesTest extends DataFolder {
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
}
