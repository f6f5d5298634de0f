package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.Signature;
import dev.penstock.proto.inference.ModelConfig;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class EffectiveConfigTest {
    private static final Signature MODEL = new Signature(
            List.of(FakeLoader.spec("x FP32 batch,64"), FakeLoader.spec("s BYTES batch,1 optional")),
            List.of(FakeLoader.spec("label INT64 batch")),
            0);

    private static ModelConfig effective(@Nullable String config, Device standard) {
        ModelSettings settings =
                ModelSettings.of(new ModelFolder("m", Path.of("m"), config, List.of(), List.of(), ""), standard);
        return EffectiveConfig.of("m", settings, SignatureMerge.merge(settings.config(), MODEL));
    }

    private static ModelConfig parse(String text) throws TextFormat.ParseException {
        return TextFormat.parse(text, ModelConfig.class);
    }

    @Test
    void withoutAConfigurationAllComesFromTheModel() throws Exception {
        assertThat(effective(null, Device.CPU)).isEqualTo(parse("""
                        name: "m" platform: "onnxruntime_onnx" backend: "onnxruntime"
                        version_policy { latest { num_versions: 1 } }
                        input { name: "x" data_type: TYPE_FP32 dims: [-1, 64] }
                        input { name: "s" data_type: TYPE_STRING dims: [-1, 1] optional: true }
                        output { name: "label" data_type: TYPE_INT64 dims: [-1] }
                        instance_group { name: "m" kind: KIND_CPU count: 1 }
                        default_model_filename: "model.onnx"
                        """));
    }

    @Test
    void whatIsUsedIsShownAndWhatIsNotUsedIsNot() throws Exception {
        String config = """
                max_batch_size: 8
                version_policy { specific { versions: [3, 1] } }
                input { name: "x" dims: [64] allow_ragged_batch: true }
                output { name: "label" label_filename: "labels.txt" }
                instance_group { name: "gpu" count: 2 gpus: 1 profile: "p" }
                dynamic_batching { max_queue_delay_microseconds: 100 }
                parameters { key: "device" value { string_value: "cuda:1" } }
                parameters { key: "other" value { string_value: "x" } }
                optimization { graph { level: 1 } }
                default_model_filename: "net.onnx"
                """;

        ModelConfig effective = effective(config + "input { name: 's' }", Device.CPU);

        assertThat(effective).isEqualTo(parse("""
                        name: "m" platform: "onnxruntime_onnx" backend: "onnxruntime"
                        version_policy { specific { versions: [1, 3] } }
                        max_batch_size: 8
                        input { name: "x" data_type: TYPE_FP32 dims: [64] }
                        input { name: "s" data_type: TYPE_STRING dims: [1] optional: true }
                        output { name: "label" data_type: TYPE_INT64 }
                        instance_group { name: "gpu" kind: KIND_GPU count: 2 gpus: 1 }
                        dynamic_batching { max_queue_delay_microseconds: 100 }
                        parameters { key: "device" value { string_value: "cuda:1" } }
                        default_model_filename: "net.onnx"
                        """));
    }

    @Test
    void theStandardDeviceIsShown() {
        assertThat(effective(null, Device.parse("cuda:2")).getInstanceGroup(0).getGpusList())
                .containsExactly(2);
    }

    @ParameterizedTest
    @EnumSource
    void everyElementTypeHasAConfigurationName(DataType type) {
        assertThat(ConfigTypes.read(ConfigTypes.write(type))).isEqualTo(type);
    }
}
