package dev.penstock.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeaderLinesTest {
    @TempDir
    private Path folder;

    @Test
    void linesAreNamesAndValues() throws Exception {
        Path file = Files.writeString(folder.resolve("h"), "Authorization: Bearer a:b\n\nX-Tenant:7\n");

        assertThat(HeaderLines.read(file)).isEqualTo(Map.of("Authorization", "Bearer a:b", "X-Tenant", "7"));
    }

    @Test
    void whatIsWrongIsSaidWithoutTheSecret() throws Exception {
        Path file = Files.writeString(folder.resolve("h"), "A: b\nBearer-of-secrets\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeaderLines.read(file))
                .withMessageContaining("line 2 is no header")
                .withMessageNotContaining("secrets");
    }
}
