package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class UploadProgressTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private UploadProgress progress(boolean terminal, long totalBytes) {
        return new UploadProgress(new PrintStream(out, true, UTF_8), terminal, totalBytes);
    }

    /// What a person saw, one after the other.
    private List<String> lines() {
        return out.toString(UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static JsonNode event(String phase, String detail, long bytes, long total) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("phase", phase)
                .put("detail", detail)
                .put("bytes", bytes)
                .put("total_bytes", total);
    }

    @Test
    void uploadsAndDownloadsAreBarsOnATerminal() {
        UploadProgress progress = progress(true, 2_000);

        progress.sent(1_000);
        progress.sent(1_001);
        progress.sent(2_000);
        progress.event(event("downloading", "", 0, 0));
        progress.event(event("downloading", "1 of 4 bytes", 1_000_000, 4_000_000));
        progress.event(event("downloading", "4 of 4 bytes", 4_000_000, 4_000_000));
        progress.event(event("downloading", "5 bytes", 5_000, 0));
        progress.event(event("ready", "loaded", 0, 0));

        assertThat(lines())
                .containsExactly(
                        "uploading [###############...............]  50 % of 2.0 kB",
                        "uploading [##############################] 100 % of 2.0 kB",
                        "downloading",
                        "downloading [#######.......................]  25 % of 4.0 MB",
                        "downloading [##############################] 100 % of 4.0 MB",
                        "downloading 5.0 kB",
                        "ready: loaded");
    }

    @Test
    void aLogHasALineForEachStep() {
        UploadProgress progress = progress(false, 2_000);

        progress.sent(1_000);
        progress.sent(2_000);
        progress.event(event("downloading", "", 0, 0));
        progress.event(event("downloading", "1 of 4 bytes", 1, 4));
        progress.event(event("downloading", "4 of 4 bytes", 4, 4));
        progress.event(event("ready", "", 0, 0));

        assertThat(lines()).containsExactly("uploading 2.0 kB", "downloading", "downloading: 4 of 4 bytes", "ready");
    }
}
