package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ModelDetailsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'waiting': {'aliases': ['canary', 'stable'], 'policy': 'all', 'config': 'max_batch_size: 8'}} | waits for its verdict: alias canary, alias stable, policy all, a configuration",
                "{'waiting': {'aliases': [], 'policy': '', 'config': 'max_batch_size: 8'}} | waits for its verdict: a configuration",
                "{'gates': []} | ''"
            })
    void whatWaitsForItsVerdictIsShown(String version, String text) {
        String shown = ModelDetails.origin(JsonMapper.shared().readTree(version.replace('\'', '"')));
        assertThat(shown.strip()).isEqualTo(text);
    }
}
