package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.core.Device;
import dev.penstock.core.ModelLoadException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelSettingsTest {
    private static ModelSettings settings(String config) {
        return settings(config, Device.CPU);
    }

    private static ModelSettings settings(String config, Device standard) {
        return ModelSettings.of(
                new ModelFolder("digits", Path.of("digits"), config, List.of(), List.of(), ""), standard);
    }

    @Test
    void noConfigurationMeansDefaults() {
        ModelSettings settings = ModelSettings.of(
                new ModelFolder("digits", Path.of("digits"), null, List.of(), List.of(), ""), Device.parse("cuda"));

        assertThat(settings.device()).isEqualTo(Device.parse("cuda"));
        assertThat(settings.fileName()).isEqualTo("model.onnx");
        assertThat(settings.policy()).isEqualTo(new VersionPolicy.Latest(1));
        assertThat(settings.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: 'digits' platform: 'onnxruntime_onnx'",
                "platform: 'onnxruntime'",
                "backend: 'onnxruntime' default_model_filename: 'net.onnx' max_batch_size: 8",
                "input { name: 'x' data_type: TYPE_FP32 dims: [64] optional: true } output { name: 'y' dims: [-1] }",
                "version_policy { specific { versions: [1, 2] } }",
                "parameters { key: 'device' value { string_value: 'cpu' } }",
                "dynamic_batching { priority_levels: 2 default_queue_policy { timeout_action: DELAY } "
                        + "priority_queue_policy { key: 1 value { max_queue_size: 4 allow_timeout_override: true } } }",
                "instance_group { name: 'all' kind: KIND_CPU count: 1 }",
            })
    void whatIsHonouredGivesNoWarning(String config) {
        assertThat(settings(config).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "dynamic_batching { preferred_batch_size: 8 } | config.pbtxt: dynamic_batching.preferred_batch_size is not used",
                "sequence_batching { }                        | config.pbtxt: sequence_batching is not used",
                "optimization { graph { level: 1 } }          | config.pbtxt: optimization is not used",
                "model_warmup { name: 'w' }                   | config.pbtxt: model_warmup is not used",
                "batch_input { kind: BATCH_ELEMENT_COUNT }    | config.pbtxt: batch_input is not used",
                "input { name: 'x' allow_ragged_batch: true } | config.pbtxt: input.allow_ragged_batch is not used",
                "output { name: 'y' label_filename: 'l' }     | config.pbtxt: output.label_filename is not used",
                "instance_group { profile: 'p' }              | config.pbtxt: instance_group.profile is not used",
                "instance_group { count: 4 }                  | instance_group.count is not used: all threads share one session",
                "instance_group { gpus: [1, 0] }              | instance_group.gpus [1, 0]: only GPU 1 is used",
                "parameters { key: 'x' value { } }            | config.pbtxt: parameter 'x' is not used",
                "colour: 'red'                                | config.pbtxt:1: unknown field 'ModelConfig.colour' is ignored",
            })
    void whatHasNoEffectIsNamed(String config, String warning) {
        assertThat(settings(config).warnings()).containsExactly(warning);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "name: 'iris'                     | config.pbtxt: name: 'iris' (expected: 'digits', the folder's name, or none)",
                "platform: 'ensemble'             | config.pbtxt: ensembles are not supported (expected: one ONNX model)",
                "ensemble_scheduling { }          | config.pbtxt: ensembles are not supported (expected: one ONNX model)",
                "platform: 'tensorrt_plan'        | config.pbtxt: platform 'tensorrt_plan' is not supported (expected: onnxruntime_onnx)",
                "backend: 'python'                | config.pbtxt: backend 'python' is not supported (expected: onnxruntime)",
                "max_batch_size: -1               | config.pbtxt: max_batch_size: -1 (expected: >= 0)",
                "input { dims: 1 }                | config.pbtxt: an input has no name",
                "output { name: 'y' } output { name: 'y' } | config.pbtxt: output 'y' is there twice",
                "input { name: 'x' reshape { shape: [1] } }  | config.pbtxt: input 'x': reshape is not supported: write the model's own shape as dims, without reshape",
                "output { name: 'y' reshape { } } | config.pbtxt: output 'y': reshape is not supported: write the model's own shape as dims, without reshape",
                "default_model_filename: '../m'   | config.pbtxt: default_model_filename: '../m' (expected: the name of a file in the version's folder)",
                "default_model_filename: '..'     | config.pbtxt: default_model_filename: '..' (expected: the name of a file in the version's folder)",
                "instance_group { count: -1 }     | instance_group.count: -1 (expected: >= 0)",
                "instance_group { gpus: [-1] }    | instance_group.gpus: [-1] (expected: >= 0)",
                "instance_group { kind: KIND_CPU gpus: [0] } | instance_group.gpus: [0] with KIND_CPU (expected: none, or KIND_GPU)",
                "instance_group [ { kind: KIND_CPU }, { kind: KIND_GPU } ] | instance_group asks for [KIND_GPU, KIND_CPU] at once (expected: one kind)",
            })
    void contradictionsAreRefused(String config, String message) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> settings(config))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "'', cuda:3",
        "instance_group { kind: KIND_AUTO }, cuda:3",
        "instance_group { kind: KIND_MODEL }, cuda:3",
        "instance_group { kind: KIND_CPU }, cpu",
        "instance_group { kind: KIND_GPU }, cuda",
        "instance_group { kind: KIND_GPU gpus: 2 }, cuda:2",
        "instance_group { gpus: 2 }, cuda:2",
        "\"parameters { key: 'device' value { string_value: 'cpu' } }\", cpu",
        "\"parameters { key: 'device' value { string_value: 'cuda:1' } }\", cuda:1",
    })
    void theConfigurationChoosesTheDevice(String config, String device) {
        String text = config.replaceAll("^\"|\"$", "");

        assertThat(settings(text, Device.parse("cuda:3")).device()).hasToString(device);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu", "", "cuda:x", "CPU"})
    void anUnknownDeviceIsRefused(String device) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(
                        () -> settings("parameters { key: 'device' value { string_value: '%s' } }".formatted(device)))
                .withMessage("parameter 'device': string_value '%s' (expected: cpu, cuda or cuda:N)", device);
    }

    @Test
    void deviceAndInstanceGroupMustAgree() {
        String device = "parameters { key: 'device' value { string_value: 'cpu' } } ";

        assertThat(settings(device + "instance_group { kind: KIND_CPU }").device())
                .isEqualTo(Device.CPU);
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> settings(device + "instance_group { kind: KIND_GPU }"))
                .withMessage("parameter 'device' says cpu, but instance_group says cuda (expected: the same)");
    }

    @Test
    void anotherVersionPolicyIsNoReasonToLoadAnew() {
        ModelSettings settings = settings("max_batch_size: 8");

        assertThat(settings("max_batch_size: 8 version_policy { all { } }").loadsLike(settings))
                .isTrue();
        assertThat(settings("max_batch_size: 9").loadsLike(settings)).isFalse();
        assertThat(settings("max_batch_size: 8", Device.parse("cuda")).loadsLike(settings))
                .isFalse();
    }
}
