package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.scenario.Overrides;
import dev.penstock.loadtest.scenario.Scenario;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SecretsTest {
    @Test
    void valuesOfHeadersAreMaskedInScenarios() {
        Scenario scenario = Scenario.read("""
                mix:
                  - {name: a, model: m, caller: shop, headers: {Authorization: Bearer abc}}
                  - {name: b, model: m}
                """, Path.of(""), new Overrides());

        String yaml = Secrets.masked(scenario).toYaml();

        assertThat(yaml).doesNotContain("abc").contains("x-penstock-caller: shop");
        Scenario back = Scenario.read(yaml, Path.of(""), new Overrides());
        assertThat(back.mix().getFirst().headers()).containsEntry("authorization", "***");
        assertThat(back.mix().getLast()).isEqualTo(scenario.mix().getLast());
        assertThat(scenario.toYaml()).contains("Bearer abc");
    }

    @Test
    void tokensAreMaskedInTheMetricsAddressAndInParameters() {
        Scenario scenario = Scenario.read("""
                target: grpc://me:secret-1@host:9001
                metrics: "http://me:secret-2@host:9090/metrics?token=secret-3"
                mix:
                  model: m
                  inputs: {parameters: {api_key: secret-4, timeout: 500, deep: {key: secret-5}, trace: true}}
                """, Path.of(""), new Overrides());

        String yaml = Secrets.masked(scenario).toYaml();

        assertThat(scenario.toYaml()).contains("secret-2", "secret-3", "secret-4", "secret-5");
        assertThat(yaml).doesNotContain("secret").contains("http://***@host:9090/metrics?token=***");
        Scenario back = Scenario.read(yaml, Path.of(""), new Overrides());
        assertThat(back.mix().getFirst().inputs().parameters().toString())
                .contains("api_key=\"***\"", "timeout=500", "deep=\"***\"", "trace=true");
        assertThat(back.target()).isEqualTo(scenario.target());
    }
}
