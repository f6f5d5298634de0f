package dev.penstock.server.calls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
    private static final String VALID = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final TraceParent parent = new TraceParent();

    @Test
    void aValidHeaderNamesTraceSpanAndFlags() {
        assertThat(parent.read(VALID)).isTrue();

        assertThat(parent.traceHigh()).isEqualTo(0x0af7651916cd43ddL);
        assertThat(parent.traceLow()).isEqualTo(0x8448eb211c80319cL);
        assertThat(parent.spanId()).isEqualTo(0xb7ad6b7169203331L);
        assertThat(parent.flags()).isOne();
        assertThat(parent.sampled()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-what-comes-later",
            })
    void whatIsNotSampledIsValidToo(String header) {
        assertThat(parent.read(header)).isTrue();
        assertThat(parent.sampled()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
                "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01",
            })
    void whatIsNoHeaderIsNone(String header) {
        assertThat(parent.read(header)).isFalse();
    }

    @Test
    void noHeaderIsNone() {
        assertThat(parent.read(null)).isFalse();
    }
}
