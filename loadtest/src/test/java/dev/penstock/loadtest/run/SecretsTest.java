package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.scenario.Overrides;
import dev.penstock.loadtest.scenario.Scenario;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecretsTest {
    @Test
    void valuesOfHeadersAreMaskedInArguments() {
        assertThat(Secrets.masked(List.of(
                        "-m",
                        "digits",
                        "--header",
                        "authorization=Bearer a=b",
                        "--header=cookie=c",
                        "--header",
                        "x-penstock-caller=shop",
                        "--rate",
                        "5")))
                .containsExactly(
                        "-m",
                        "digits",
                        "--header",
                        "authorization=***",
                        "--header=cookie=***",
                        "--header",
                        "x-penstock-caller=shop",
                        "--rate",
                        "5");
    }

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
}
