package dev.penstock.server.feedback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.monitor.feedback.FeedbackToken;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.feedback.TokenKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenKeysTest {
    private static final Prediction PREDICTION = new Prediction(1, 2, 3, 4, 2, List.of(new Prediction.Row(1, 0.9f)));

    private static final int STARTERS = 4;

    @TempDir
    private Path folder;

    @Test
    void keysChangeWhileTheServerRuns() throws IOException {
        Path file = folder.resolve("keys");
        Files.writeString(file, line(7, 1));
        TokenKeys keys = new TokenKeys(file, null);
        String old = keys.sign(PREDICTION);
        List<TokenKey> before = keys.keys();
        assertThat(keys.refresh()).isFalse();
        assertThat(keys.keys()).isSameAs(before);

        Files.writeString(file, line(9, 2) + line(7, 1));
        assertThat(keys.refresh()).isTrue();
        assertThat(keys.refresh()).isFalse();

        String fresh = keys.sign(PREDICTION);
        assertThat(fresh).isNotEqualTo(old);
        FeedbackToken both = new FeedbackToken(keys.keys());
        assertThat(both.read(old)).isEqualTo(new FeedbackToken.Reading.Valid(PREDICTION));
        assertThat(both.read(fresh)).isEqualTo(new FeedbackToken.Reading.Valid(PREDICTION));
        FeedbackToken first = new FeedbackToken(before);
        assertThat(first.read(fresh)).isEqualTo(new FeedbackToken.Reading.Forged());
    }

    @Test
    void whatCannotBeReadNowIsReadLater() throws IOException {
        Path file = folder.resolve("keys");
        Files.writeString(file, line(7, 1));
        TokenKeys keys = new TokenKeys(file, null);
        FileTime written = Files.getLastModifiedTime(file);

        // Half of it is written, and the other half within the same tick of the file's clock.
        Files.writeString(file, line(7, 1) + "9 c2hv");
        Files.setLastModifiedTime(file, written);
        assertThat(keys.refresh()).isFalse();
        assertThat(keys.keys()).extracting(TokenKey::id).containsExactly(7);
        Files.writeString(file, line(7, 1) + line(9, 2));
        Files.setLastModifiedTime(file, written);
        assertThat(keys.refresh()).isTrue();
        assertThat(keys.keys()).extracting(TokenKey::id).containsExactly(7, 9);

        Files.delete(file);
        assertThat(keys.refresh()).isFalse();
        assertThat(keys.keys()).extracting(TokenKey::id).containsExactly(7, 9);
        Files.writeString(file, line(9, 2));
        Files.setLastModifiedTime(file, written);
        assertThat(keys.refresh()).isTrue();
        assertThat(keys.keys()).extracting(TokenKey::id).containsExactly(9);
    }

    @Test
    void theServersOwnKeyIsMadeOnceForItsOwnerAlone() throws IOException {
        Path file = folder.resolve("data").resolve("feedback.key");

        String token = new TokenKeys(null, file).sign(PREDICTION);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (Stream<Path> all = Files.list(folder.resolve("data"))) {
            assertThat(all).containsExactly(file);
        }
        TokenKeys after = new TokenKeys(null, file);
        assertThat(new FeedbackToken(after.keys()).read(token)).isEqualTo(new FeedbackToken.Reading.Valid(PREDICTION));
        assertThat(after.refresh()).isFalse();
        assertThat(new TokenKeys(null, null).sign(PREDICTION)).isNotEqualTo(token);
    }

    /// As two servers do that are started at once with one folder.
    @Test
    void whoeverStartsAtTheSameTimeHasTheSameKey() throws Exception {
        for (int round = 0; round < 50; round++) {
            Path file = folder.resolve("data" + round).resolve("feedback.key");
            CyclicBarrier together = new CyclicBarrier(STARTERS);
            try (ExecutorService starters = Executors.newFixedThreadPool(STARTERS)) {
                Callable<TokenKeys> starter = () -> {
                    together.await();
                    return new TokenKeys(null, file);
                };
                List<Future<TokenKeys>> started = starters.invokeAll(Collections.nCopies(STARTERS, starter));

                FeedbackToken kept = new FeedbackToken(new TokenKeys(null, file).keys());
                for (Future<TokenKeys> each : started) {
                    assertThat(kept.read(each.get().sign(PREDICTION)))
                            .isEqualTo(new FeedbackToken.Reading.Valid(PREDICTION));
                }
            }
            try (Stream<Path> all = Files.list(folder.resolve("data" + round))) {
                assertThat(all).as("nothing half written is left").containsExactly(file);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "# none\n", "7\n", "7 c2hvcnQ=\n", "256 SECRET\n", "x SECRET\n", "7 SECRET\n7 SECRET\n"})
    void brokenFilesAreRefusedWithoutTheirSecrets(String text) throws IOException {
        Path file = folder.resolve("keys");
        Files.writeString(file, text.replace("SECRET", secret(1)), UTF_8);

        assertThatThrownBy(() -> new TokenKeys(file, null))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("feedback.key-file")
                .hasMessageContaining("expected")
                .hasMessageNotContaining(secret(1));
    }

    @Test
    void aLargeFileIsNotRead() throws IOException {
        Path file = folder.resolve("keys");
        Files.writeString(file, "#".repeat(100_000) + "\n" + line(7, 1));

        assertThatThrownBy(() -> new TokenKeys(file, null)).hasMessageContaining("more than 65536 bytes");
    }

    private static String line(int id, int seed) {
        return id + " " + secret(seed) + "\n";
    }

    private static String secret(int seed) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) seed);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
