package dev.penstock.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"digits", "all-MiniLM-L6-v2", "модель", "a b", "..."})
    void anyTextWillDo(String name) {
        assertThat(ModelName.isValid(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a\\b", "a@b", "a\u0000b", "a\nb"})
    void butNothingThatIsAPathAnAliasOrInvisible(String name) {
        assertThat(ModelName.isValid(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"digits", "digits@stable", "модель@canary"})
    void modelsAreCalledByTheirNameOrOneOfTheirAliases(String address) {
        assertThat(ModelName.isAddress(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "a@", "@b", "a@b@c", "a@b/c", "..@b"})
    void andByNothingElse(String address) {
        assertThat(ModelName.isAddress(address)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {255, 256})
    void andNoMoreThan255Bytes(int length) {
        assertThat(ModelName.isValid("x".repeat(length))).isEqualTo(length <= 255);
    }
}
