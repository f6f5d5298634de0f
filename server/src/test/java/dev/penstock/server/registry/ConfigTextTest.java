package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.core.ModelLoadException;
import dev.penstock.proto.inference.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigTextTest {
    @Test
    void theExampleIsRead() throws IOException {
        Path file = Path.of(System.getProperty("penstock.root"), "examples/models/digits/config.pbtxt");

        ConfigText.Parsed parsed = ConfigText.parse(Files.readString(file));

        assertThat(parsed.warnings()).isEmpty();
        assertThat(parsed.config().getName()).isEqualTo("digits");
        assertThat(parsed.config().getMaxBatchSize()).isEqualTo(512);
        assertThat(parsed.config().getInput(0).getDataType()).isEqualTo(DataType.TYPE_FP32);
        assertThat(parsed.config().getVersionPolicy().hasAll()).isTrue();
    }

    @Test
    void unknownFieldsAreNamedWithTheirLinesAndAllElseIsKept() {
        String text = """
                name: "digits"
                max_batchsize: 8
                input [ { name: "x" colour: "red"
                  shade { dark: true } } ]
                max_batch_size: 4
                """;

        ConfigText.Parsed parsed = ConfigText.parse(text);

        assertThat(parsed.warnings())
                .containsExactly(
                        "config.pbtxt:2: unknown field 'ModelConfig.max_batchsize' is ignored",
                        "config.pbtxt:3: unknown field 'ModelInput.colour' is ignored",
                        "config.pbtxt:4: unknown field 'ModelInput.shade' is ignored");
        assertThat(parsed.config().getName()).isEqualTo("digits");
        assertThat(parsed.config().getInput(0).getName()).isEqualTo("x");
        assertThat(parsed.config().getMaxBatchSize()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: \"digits                         | config.pbtxt:1:7:",
                "name                                   | config.pbtxt:1:",
                "max_batch_size: many                   | config.pbtxt:1:17:",
                "max_batch_size: 99999999999            | config.pbtxt:1:17:",
                "input [ { name: \"x\" }                | config.pbtxt:1:",
                "input { data_type: TYPE_FP31 }         | TYPE_FP31",
                "colour: 1 input { data_type: TYPE_F }  | TYPE_F",
            })
    void brokenTextIsAnErrorThatSaysWhere(String text, String where) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> ConfigText.parse(text))
                .withMessageStartingWith("config.pbtxt:1:")
                .withMessageContaining(where);
    }

    @Test
    void anEmptyTextIsAConfigurationOfDefaults() {
        assertThat(ConfigText.parse("# nothing\n").config().getMaxBatchSize()).isZero();
    }
}
