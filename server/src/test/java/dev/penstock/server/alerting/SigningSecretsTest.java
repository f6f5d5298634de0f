package dev.penstock.server.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningSecretsTest {
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    @TempDir
    private Path folder;

    @Test
    void theSignatureIsThatOfTheStandardsExample() throws IOException {
        SigningSecrets secrets = SigningSecrets.of(null, "ops", SECRET);

        assertThat(secrets.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void aReceiversFileComesBeforeTheVariableAndMayBeExchanged() throws IOException {
        Path file = Files.writeString(folder.resolve("ops"), SECRET + "\n");
        SigningSecrets secrets = SigningSecrets.of(folder, "ops", OTHER);
        String first = secrets.sign("id", 1, "{}");

        Files.writeString(file, OTHER + "\n" + SECRET + "\n");

        String second = SigningSecrets.of(null, "ops", OTHER).sign("id", 1, "{}");
        assertThat(secrets.sign("id", 1, "{}")).isEqualTo(second + " " + first);
        assertThat(SigningSecrets.of(folder, "pager", OTHER).sign("id", 1, "{}"))
                .isEqualTo(second);
        assertThat(SigningSecrets.of(folder, "pager", "").sign("id", 1, "{}")).isEmpty();
    }

    @Test
    void whileAFileIsExchangedNothingIsSignedWithAnother() throws IOException {
        Path file = folder.resolve("ops");
        SigningSecrets secrets = SigningSecrets.of(folder, "ops", OTHER);
        assertThat(secrets.sign("id", 1, "{}")).as("by the variable").isNotEmpty();
        Files.writeString(file, SECRET + "\n");
        String signature = secrets.sign("id", 1, "{}");

        Files.delete(file);
        assertThatThrownBy(() -> secrets.sign("id", 1, "{}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + ": gone");
        Files.writeString(file, "\n");
        assertThatThrownBy(() -> secrets.sign("id", 1, "{}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no secret in it");
        Files.writeString(file, "whsec_");
        assertThatThrownBy(() -> secrets.sign("id", 1, "{}")).isInstanceOf(IllegalArgumentException.class);
        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(() -> secrets.sign("id", 1, "{}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be read");
        Files.delete(file);
        Files.writeString(file, SECRET + "\n");
        assertThat(secrets.sign("id", 1, "{}")).isEqualTo(signature);
    }

    @Test
    void aFileWithoutASecretIsRefusedAtTheStart() throws IOException {
        Files.writeString(folder.resolve("ops"), "\n");

        assertThatThrownBy(() -> SigningSecrets.of(folder, "ops", OTHER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alerts.secrets-folder")
                .hasMessageContaining("no secret in it");
    }

    @Test
    void whatIsNoSecretIsRefusedAndNotShown() {
        assertThatThrownBy(() -> SigningSecrets.of(null, "ops", "whsec_hunter2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PENSTOCK_ALERTS_SECRET")
                .hasMessageContaining("24 to 64 bytes")
                .hasMessageNotContaining("hunter2");
        assertThat(SigningSecrets.of(null, "ops", SECRET).toString()).doesNotContain("MfKQ");
    }
}
