package dev.penstock.server.source.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealingKeyTest {
    private static final byte[] SECRET = "0123456789abcdef0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    @Test
    void aKeyIsTheSameHoweverItIsWritten() throws IOException, GeneralSecurityException {
        byte[] id = SealingKey.read(file("rw-------", SECRET)).id();
        String hex = HexFormat.of().formatHex(SECRET);
        String base64 = Base64.getEncoder().encodeToString(SECRET);

        assertThat(SealingKey.read(file("r--r-----", (hex + "\n").getBytes(StandardCharsets.US_ASCII)))
                        .id())
                .isEqualTo(id);
        assertThat(SealingKey.read(file("r--------", base64.getBytes(StandardCharsets.US_ASCII)))
                        .id())
                .isEqualTo(id);
        SealingKey given = SealingKey.of(null, Map.of("PENSTOCK_FILES_KEY", base64));
        assertThat(given).isNotNull();
        assertThat(given.id()).isEqualTo(id);
        assertThat(given).hasToString("SealingKey");
        assertThat(SealingKey.of(null, Map.of())).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "shorter", "abcdef", "not base64, but some forty characters here"})
    void whatIsNoKeyIsRefusedWithoutBeingShown(String text) {
        assertThatThrownBy(() -> SealingKey.read(file("r--------", text.getBytes(StandardCharsets.US_ASCII))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: 32; make one with: openssl rand -base64 32)")
                .satisfies(e -> assertThat(String.valueOf(e.getMessage()).contains(text))
                        .isEqualTo(text.isEmpty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw-rw----", "r------w-"})
    void aKeyThatOthersCouldReadOrAGroupChangeIsRefused(String permissions) {
        assertThatThrownBy(() -> SealingKey.read(file(permissions, SECRET)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has the permissions " + permissions);
    }

    @Test
    void twoKeysAreOneTooMany() {
        assertThatThrownBy(() -> SealingKey.of(file("r--------", SECRET), Map.of("PENSTOCK_FILES_KEY", "x")))
                .hasMessageContaining("there are two keys");
        assertThatThrownBy(() -> SealingKey.of(folder.resolve("none"), Map.of()))
                .hasMessageContaining("cannot be read");
    }

    private Path file(String permissions, byte[] content) throws IOException {
        Path file = Files.write(Files.createTempFile(folder, "key", ""), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
