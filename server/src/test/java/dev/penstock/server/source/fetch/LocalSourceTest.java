package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSourceTest {
    private static final long SEED = 5;

    @TempDir
    Path temp;

    private Path models;

    @BeforeEach
    void makeFolder() throws IOException {
        models = Files.createDirectory(temp.resolve("models"));
    }

    @Test
    void aFileIsFetchedByPathAndByUri() throws IOException {
        Path file = Files.writeString(models.resolve("churn.onnx"), "hello");
        try (Fetches fetches = new Fetches(temp.resolve("data")).folders(models)) {
            for (String uri : new String[] {file.toString(), file.toUri().toString()}) {
                Fetched fetched = fetches.fetch(uri, "");

                assertThat(fetched.files()).extracting(StoredFile::path).containsExactly("model.onnx");
                assertThat(fetched.source()).isEqualTo(file.toRealPath().toUri().toString());
            }
        }
    }

    @Test
    void aFolderComesWithAllButItsHiddenFiles() throws IOException {
        Files.createDirectories(models.resolve("m/data/.git"));
        Files.writeString(models.resolve("m/churn.onnx"), "graph");
        Files.writeString(models.resolve("m/data/weights.bin"), "weights");
        Files.writeString(models.resolve("m/data/.git/x"), "x");
        Files.createSymbolicLink(models.resolve("m/more"), Path.of("data/weights.bin"));
        try (Fetches fetches = new Fetches(temp.resolve("data")).folders(models)) {
            Fetched fetched = fetches.fetch(models.resolve("m").toString(), "");

            assertThat(fetched.files())
                    .extracting(StoredFile::path)
                    .containsExactly("data/weights.bin", "model.onnx", "more");
        }
    }

    @Test
    void nothingOutsideTheAllowedFoldersIsRead() throws IOException {
        Path secret = Files.writeString(temp.resolve("secret.onnx"), "secret");
        Files.createSymbolicLink(models.resolve("link.onnx"), secret);
        Files.createDirectory(models.resolve("m"));
        Files.writeString(models.resolve("m/model.onnx"), "graph");
        Files.createSymbolicLink(models.resolve("m/weights"), secret);
        try (Fetches fetches = new Fetches(temp.resolve("data")).folders(models)) {
            for (String path : new String[] {
                secret.toString(),
                models + "/../secret.onnx",
                models.resolve("link.onnx").toString(),
                "/etc/passwd"
            }) {
                assertThat(fetches.assertFails(Reason.REFUSED, path, "")).contains("allowed-folders");
            }
            assertThat(fetches.assertFails(Reason.REFUSED, models + "/m", "")).contains("leads outside");
        }
    }

    @Test
    void withoutAllowedFoldersNoPathIsTaken() throws IOException {
        Path file = Files.writeString(models.resolve("m.onnx"), "hello");
        try (Fetches fetches = new Fetches(temp.resolve("data"))) {
            fetches.assertFails(Reason.REFUSED, file.toString(), "");
        }
    }

    @Test
    void whatIsMissingAmbiguousTooManyOrTooLargeIsSaid() throws IOException {
        Files.createDirectories(models.resolve("two"));
        Files.writeString(models.resolve("two/a.onnx"), "a");
        Files.writeString(models.resolve("two/b.onnx"), "b");
        Files.createDirectories(models.resolve("many"));
        for (int i = 0; i < 11; i++) {
            Files.writeString(models.resolve("many/" + (i == 0 ? "model.onnx" : "f" + i)), "x");
        }
        Path large = models.resolve("large.onnx");
        Files.write(large, new byte[(4 << 20) + 1]);
        try (Fetches fetches = new Fetches(temp.resolve("data")).folders(models)) {
            fetches.assertFails(Reason.NOT_FOUND, models + "/none.onnx", "");
            assertThat(fetches.assertFails(Reason.REFUSED, models + "/two", "")).contains("a.onnx, b.onnx");
            fetches.assertFails(Reason.TOO_LARGE, models + "/many", "");
            fetches.assertFails(Reason.TOO_LARGE, large.toString(), "");
            fetches.assertFails(Reason.CORRUPT, models + "/two/a.onnx", "0".repeat(64));
        }
    }

    @Test
    void noUriWhateverItIsGetsMoreThanARefusal() {
        Random random = new Random(SEED);
        String[] starts = {"", "file:", "http://", "https://", "s3://", "models:/", "hf://", "oci://", "ftp://", "x:"};
        String alphabet = "ab/:?#@[]%&=.\\ \n\u0000é-0*";
        try (Fetches fetches = new Fetches(temp.resolve("data")).folders(models)) {
            for (int round = 0; round < 3_000; round++) {
                StringBuilder uri = new StringBuilder(starts[random.nextInt(starts.length)]);
                for (int i = 1 + random.nextInt(25); i > 0; i--) {
                    uri.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
                try {
                    fetches.fetch(uri.toString(), "");
                    throw new AssertionError("round %d of seed %d fetched %s".formatted(round, SEED, uri));
                } catch (FetchException e) {
                    assertThat(e).hasMessageNotContaining("\u0000");
                }
            }
        }
    }
}
