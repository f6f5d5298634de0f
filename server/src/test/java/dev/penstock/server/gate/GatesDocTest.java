package dev.penstock.server.gate;

import static dev.penstock.server.gate.Candidates.golden;
import static dev.penstock.server.gate.Candidates.said;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.penstock.core.LoadedModel;
import dev.penstock.proto.inference.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What people copy from the documentation works.
class GatesDocTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)$(.*?)^```$");

    @Test
    void theSettingsAreSettings() throws IOException {
        String text = blocks("gates.md", "").stream()
                .filter(block -> block.contains("parameters {"))
                .findFirst()
                .orElseThrow();
        GateSettings settings = GateSettings.of(TextFormat.parse(text, ModelConfig.class));

        assertThat(settings.goldenRequired()).isTrue();
        assertThat(settings.latency()).isNotNull();
        assertThat(settings.webhook()).isNotNull();
        assertThat(settings.size().maxMemoryBytes()).isEqualTo(400 << 20);
    }

    @Test
    void everySettingIsThere() throws IOException {
        String text = Files.readString(doc("gates.md"));

        assertThat(GateSettings.PARAMETERS).allSatisfy(name -> assertThat(text).contains("| `" + name + "` | "));
    }

    @Test
    void theGoldenRequestIsAnsweredSo() throws IOException {
        String text = blocks("gates.md", "json").getFirst();
        try (Models models = new Models()) {
            LoadedModel diabetes = models.example("diabetes/1");

            assertThat(said(GoldenGate.judge(Candidates.of(diabetes, golden(text)))))
                    .startsWith("PASSED");
        }
    }

    @Test
    void theWebhookSpeaksSo() throws IOException {
        List<String> json = blocks("gates.md", "json");

        assertThat(JsonMapper.shared().readTree(json.get(1)))
                .isEqualTo(JsonMapper.shared().readTree(WebhookGateTest.QUESTION));
        assertThat(WebhookAnswer.parse(json.get(2).getBytes(UTF_8)))
                .contains(new WebhookAnswer(true, "approved by Ada"));
    }

    @Test
    void thePipelinesAreYaml() throws IOException {
        List<String> pipelines = blocks("ci.md", "yaml");

        assertThat(pipelines).hasSize(2);
        assertThat(pipelines)
                .allSatisfy(text ->
                        assertThat(new YAMLMapper().readTree(text).isObject()).isTrue());
    }

    private static List<String> blocks(String name, String language) throws IOException {
        return BLOCK.matcher(Files.readString(doc(name)))
                .results()
                .filter(block -> block.group(1).equals(language))
                .map((MatchResult block) -> block.group(2))
                .toList();
    }

    private static Path doc(String name) {
        return Models.EXAMPLES.resolveSibling("docs").resolve(name);
    }
}
