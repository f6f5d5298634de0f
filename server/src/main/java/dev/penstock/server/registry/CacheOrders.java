package dev.penstock.server.registry;

import dev.penstock.core.ModelLoadException;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.router.cache.CacheOrder;
import dev.penstock.server.config.ByteSize;
import dev.penstock.server.config.TimeSpan;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a configuration wants its model's answers kept. Pure.
final class CacheOrders {
    /// The most memory of this model's answers, e.g. `16MiB`.
    static final String BYTES_PARAMETER = "response_cache_max_bytes";
    /// How long an answer is given again, e.g. `30s`.
    static final String TTL_PARAMETER = "response_cache_ttl";

    static final Set<String> PARAMETERS = Set.of(BYTES_PARAMETER, TTL_PARAMETER);

    private CacheOrders() {}

    /// @param warnings gets what has no effect
    /// @return null if they are not to be kept
    /// @throws ModelLoadException if the configuration says something that cannot be
    static @Nullable CacheOrder of(ModelConfig config, List<String> warnings) {
        CacheOrder order = new CacheOrder(bytes(config), ttl(config));
        if (config.getResponseCache().getEnable()) {
            return order;
        }
        PARAMETERS.stream()
                .filter(config::containsParameters)
                .sorted()
                .forEach(name -> warnings.add("%s: parameter '%s' is not used without response_cache.enable"
                        .formatted(FolderReader.CONFIG_FILE, name)));
        return null;
    }

    private static long bytes(ModelConfig config) {
        if (!config.containsParameters(BYTES_PARAMETER)) {
            return 0;
        }
        String text = config.getParametersOrThrow(BYTES_PARAMETER).getStringValue();
        long bytes = ByteSize.bytes(text);
        if (bytes < 1) {
            throw wrong(BYTES_PARAMETER, text, "a size of at least 1 byte, e.g. 16MiB");
        }
        return bytes;
    }

    private static @Nullable Duration ttl(ModelConfig config) {
        if (!config.containsParameters(TTL_PARAMETER)) {
            return null;
        }
        String text = config.getParametersOrThrow(TTL_PARAMETER).getStringValue();
        Duration ttl = TimeSpan.read(text);
        if (ttl == null) {
            throw wrong(TTL_PARAMETER, text, "a duration of at most a day, e.g. 30s; 0s for no limit");
        }
        return ttl;
    }

    private static ModelLoadException wrong(String parameter, String text, String expected) {
        return new ModelLoadException(
                "parameter '%s': string_value '%s' (expected: %s)".formatted(parameter, text, expected));
    }
}
