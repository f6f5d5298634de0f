package dev.penstock.server.alerting;

import static dev.penstock.server.alerting.TestReceiver.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(240)
class CredentialsTest {
    @TempDir
    private Path folder;

    private volatile List<Concern> concerns = List.of();

    private Path write(String receiver, String text) throws IOException {
        return Files.writeString(folder.resolve(receiver + ".credentials"), text);
    }

    @Test
    void bothFormsAreSentAsTheyAreNow() throws IOException {
        assertThat(Credentials.of(null, "ops").header()).isEmpty();
        Credentials credentials = Credentials.of(folder, "ops");
        assertThat(credentials.header()).isEmpty();

        write("ops", "bearer s3cret\n");
        assertThat(credentials.header()).isEqualTo("Bearer s3cret");

        write("ops", "Basic ann:pass: wörd\n");
        assertThat(new String(Base64.getDecoder().decode(credentials.header().split(" ", 2)[1]), UTF_8))
                .isEqualTo("ann:pass: wörd");
        assertThat(credentials.toString()).doesNotContain("ann");
    }

    @Test
    void nothingIsSentWithoutThoseThatWereThere() throws IOException {
        Path file = write("ops", "bearer s3cret");
        Credentials credentials = Credentials.of(folder, "ops");

        Files.delete(file);

        assertThatThrownBy(credentials::header).isInstanceOf(IOException.class).hasMessageContaining(file + ": gone");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "hunter2", "bearer", "bearer hunter 2", "bearer hunter2\nmore", "basic hunter2", "digest a:b"
            })
    void anythingElseIsRefusedAtTheStartAndNotShown(String text) throws IOException {
        write("ops", text);

        assertThatThrownBy(() -> Credentials.of(folder, "ops"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: bearer TOKEN, or basic USER:PASSWORD")
                .hasMessageNotContaining("hunter");
    }

    @Test
    void webhooksAndAlertmanagersAreToldWithThem() throws IOException {
        write("hook", "bearer s3cret");
        Path ofManager = write("manager", "basic ann:pass");
        try (TestReceiver receiver = new TestReceiver(_ -> 204);
                Alerting _ = Sending.of(
                        List.of(
                                new Receiver("hook", Form.WEBHOOK, URI.create(receiver.url("/hook"))),
                                new Receiver("manager", Form.ALERTMANAGER, URI.create(receiver.url("")))),
                        List.of(),
                        () -> concerns,
                        null,
                        folder)) {
            concerns = List.of(Concerns.critical(InstantSource.system().millis()));

            await(() -> sent(receiver, "/hook").contains("Bearer s3cret"), "the webhook");
            await(() -> sent(receiver, "/api/v2/alerts").contains("Basic YW5uOnBhc3M="), "the Alertmanager");

            Files.writeString(ofManager, "basic ann:other");
            concerns = List.of(
                    Concerns.cleared(concerns.getFirst(), InstantSource.system().millis()));
            await(() -> sent(receiver, "/api/v2/alerts").contains("Basic YW5uOm90aGVy"), "with others");
            assertThat(receiver.posts())
                    .allMatch(post -> !post.header("authorization").isEmpty());
        }
    }

    private static List<String> sent(TestReceiver receiver, String path) {
        return receiver.posts().stream()
                .filter(post -> post.path().equals(path))
                .map(post -> post.header("authorization"))
                .toList();
    }
}
