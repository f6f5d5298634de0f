package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.core.ModelLoadException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VersionPolicyTest {
    private static VersionPolicy parse(String text) {
        return VersionPolicy.of(ConfigText.parse(text).config().getVersionPolicy());
    }

    private static Set<Long> numbers(String text) {
        return Arrays.stream(text.split(" "))
                .filter(word -> !word.isEmpty())
                .map(Long::valueOf)
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "''                                                   | 1 2 10 | 10",
                "version_policy { latest { } }                        | 1 2 10 | 10",
                "version_policy { latest { num_versions: 2 } }        | 1 2 10 | 2 10",
                "version_policy { latest { num_versions: 9 } }        | 1 2 10 | 1 2 10",
                "version_policy { latest { num_versions: 4294967295 } } | 1 2  | 1 2",
                "version_policy { all { } }                           | 1 2 10 | 1 2 10",
                "version_policy { specific { versions: [2] } }        | 1 2 10 | 2",
                "version_policy { specific { versions: [2, 7, 2] } }  | 1 2 10 | 2 7",
                "version_policy { all { } }                           | ''     | ''",
                "''                                                   | ''     | ''",
            })
    void policySelectsVersions(String config, String onDisk, String selected) {
        assertThat(parse(config).select(numbers(onDisk)))
                .containsExactlyElementsOf(numbers(selected).stream().sorted().toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version_policy { specific { } }",
                "version_policy { specific { versions: [1, 0] } }",
                "version_policy { specific { versions: [-1] } }"
            })
    void aSpecificPolicyWithoutProperVersionsIsRefused(String config) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> parse(config))
                .withMessageContaining("version_policy.specific.versions")
                .withMessageContaining("(expected: one or more integers > 0)");
    }

    @Test
    void selectingLeavesTheArgumentAlone() {
        Set<Long> onDisk = Set.of(1L, 2L);

        parse("").select(onDisk).clear();

        assertThat(onDisk).hasSize(2);
    }
}
