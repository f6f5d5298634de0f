package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.core.ModelLoadException;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SignatureMergeTest {
    private static Signature merge(String config, String inputs, String outputs) {
        return SignatureMerge.merge(ConfigText.parse(config).config(), new Signature(specs(inputs), specs(outputs), 0));
    }

    private static List<TensorSpec> specs(String text) {
        return Arrays.stream(text.split(";"))
                .map(String::strip)
                .map(FakeLoader::spec)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~                                                   | batch,64 | [batch,64]",
                "input { name: 'x' }                                  | batch,64 | [batch,64]",
                "input { name: 'x' data_type: TYPE_FP32 dims: [-1, 64] } | batch,64 | [batch,64]",
                "input { name: 'x' dims: [2, 64] }                    | batch,64 | [2,64]",
                "input { name: 'x' dims: [-1, -1] }                   | batch,64 | [batch,64]",
                "input { name: 'x' dims: [1, 64] }                    | 1,64     | [1,64]",
                "max_batch_size: 8                                    | batch,64 | [batch,64]",
                "max_batch_size: 8 input { name: 'x' dims: [64] }     | batch,64 | [batch,64]",
                "max_batch_size: 8 input { name: 'x' dims: [-1] }     | batch,seq | [batch,seq]",
                "max_batch_size: 8 input { name: 'x' dims: [16] }     | batch,seq | [batch,16]",
                "max_batch_size: 8 input { name: 'x' }                | batch    | [batch]",
                "input { name: 'x' }                                  | -        | []",
            })
    void theConfigurationNarrowsTheModel(String config, String dims, String expected) {
        Signature merged = merge(config, "x FP32 " + dims, "y FP32 batch,10");

        assertThat(Objects.requireNonNull(merged.input("x")).describeShape()).isEqualTo(expected);
        assertThat(merged.maxBatchSize()).isEqualTo(config.contains("max_batch_size") ? 8 : 0);
        assertThat(merged.outputs()).isEqualTo(specs("y FP32 batch,10"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "input { name: 'x' data_type: TYPE_INT64 }  | config.pbtxt says input 'x' is TYPE_INT64; the model has TYPE_FP32",
                "output { name: 'y' data_type: TYPE_FP16 }  | config.pbtxt says output 'y' is TYPE_FP16; the model has TYPE_STRING",
                "input { name: 'x' dims: [1, 63] }          | config.pbtxt says input 'x' has dims [1,63]; the model has [batch,64] (with max_batch_size 0, dims are all of them)",
                "input { name: 'x' dims: [64] }             | config.pbtxt says input 'x' has dims [64]; the model has [batch,64] (with max_batch_size 0, dims are all of them)",
                "max_batch_size: 8 input { name: 'x' dims: [1, 64] } | config.pbtxt says input 'x' has dims [1,64]; the model has [batch,64] (with max_batch_size > 0, dims leave out the first, the batch)",
                "input { name: 'x' dims: [0, 64] }          | config.pbtxt says input 'x' has dims [0,64] (expected: each > 0, or -1 for any size)",
                "input { name: 'x' dims: [-2, 64] }         | config.pbtxt says input 'x' has dims [-2,64] (expected: each > 0, or -1 for any size)",
                "input { name: 'z' }                        | config.pbtxt has inputs 'z', but not 'x', which the model needs",
                "input { name: 'x' } input { name: 'z' }    | config.pbtxt has an input 'z'; the model has inputs 'x'",
                "output { name: 'z' }                       | config.pbtxt has an output 'z'; the model has outputs 'y'",
                "input { name: 'x' optional: true }         | config.pbtxt says input 'x' is optional; the model needs it",
            })
    void contradictionsSayBothValues(String config, String message) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> merge(config, "x FP32 batch,64", "y BYTES batch"))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x FP32 1,64          | y FP32 batch,10 | input 'x' of the model is [1,64]",
                "x FP32 batch,64      | y FP32 10       | output 'y' of the model is [10]",
                "x FP32 batch,64; z INT64 - | y FP32 batch,10 | input 'z' of the model is []",
            })
    void batchingNeedsAVariableFirstDimensionEverywhere(String inputs, String outputs, String message) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> merge("max_batch_size: 8", inputs, outputs))
                .withMessageStartingWith("config.pbtxt says max_batch_size 8, but " + message)
                .withMessageContaining("(expected: a variable first dimension, or max_batch_size 0)");
    }

    @Test
    void optionalInputsOfTheModelNeedNotBeInTheConfiguration() {
        Signature merged = merge("input { name: 'x' }", "x FP32 batch,64; z FP32 1 optional", "y FP32 batch");

        assertThat(merged.inputs()).isEqualTo(specs("x FP32 batch,64; z FP32 1 optional"));
    }

    @Test
    void tensorsKeepTheOrderOfTheModel() {
        Signature merged = merge(
                "input [ { name: 'b' }, { name: 'a' } ] output { name: 'q' }",
                "a FP32 1; b FP32 1",
                "p FP32 1; q FP32 1");

        assertThat(merged.inputs()).extracting(TensorSpec::name).containsExactly("a", "b");
        assertThat(merged.outputs()).extracting(TensorSpec::name).containsExactly("p", "q");
    }
}
