package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ModelLoadException;
import dev.penstock.router.cache.CacheOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheOrdersTest {
    private static final String PARAMETER = "parameters { key: \"%s\" value { string_value: \"%s\" } }\n";

    private final List<String> warnings = new ArrayList<>();

    @Test
    void nothingIsKeptUnlessSomebodyAsksForIt() {
        assertThat(order("")).isNull();
        assertThat(order("response_cache { enable: false }")).isNull();
        assertThat(warnings).isEmpty();
    }

    @Test
    void theModelMaySayHowMuchAndHowLong() {
        assertThat(order("response_cache { enable: true }")).isEqualTo(new CacheOrder(0, null));
        assertThat(order("response_cache { enable: true }\n"
                        + PARAMETER.formatted("response_cache_max_bytes", "2KiB")
                        + PARAMETER.formatted("response_cache_ttl", "1500ms")))
                .isEqualTo(new CacheOrder(2048, Duration.ofMillis(1500)));
    }

    @Test
    void settingsOfACacheThatIsNotThereAreToldAsWarnings() {
        assertThat(order(PARAMETER.formatted("response_cache_ttl", "1s"))).isNull();
        assertThat(warnings)
                .containsExactly(
                        "config.pbtxt: parameter 'response_cache_ttl' is not used without response_cache.enable");
    }

    @ParameterizedTest
    @CsvSource({
        "response_cache_max_bytes, 0",
        "response_cache_max_bytes, lots",
        "response_cache_ttl, 5",
        "response_cache_ttl, P2D"
    })
    void wrongValuesAreRefused(String parameter, String text) {
        assertThatThrownBy(() -> order("response_cache { enable: true }\n" + PARAMETER.formatted(parameter, text)))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageStartingWith("parameter '%s': string_value '%s' (expected: ".formatted(parameter, text));
    }

    private @Nullable CacheOrder order(String text) {
        return CacheOrders.of(ConfigText.parse(text).config(), warnings);
    }
}
