package dev.penstock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda", "cuda:3"})
    void readsWhatItPrints(String text) {
        assertThat(Device.parse(text)).hasToString(text);
    }

    @Test
    void anythingElseSaysWhatIsExpected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Device.parse("gpu"))
                .withMessage("device: gpu (expected: cpu, cuda or cuda:N)");
    }
}
