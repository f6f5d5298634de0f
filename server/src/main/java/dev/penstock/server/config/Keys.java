package dev.penstock.server.config;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Every setting there is: the one table behind the flags, the environment, `penstock.yaml`, help and the
/// manual.
public final class Keys {
    /// In the order in which people are shown them.
    public static final List<Key<?>> ALL = Stream.of(
                    ModelKeys.GROUP,
                    DoorKeys.GROUP,
                    WorkKeys.GROUP,
                    MonitoringKeys.GROUP,
                    ShutdownKeys.GROUP,
                    LogKeys.GROUP)
            .<Key<?>>flatMap(group -> group.keys().stream())
            .toList();

    private static final Map<String, Key<?>> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Key::name, Function.identity()));

    private Keys() {}

    /// @return the key of that name, or null if there is none
    public static @Nullable Key<?> byName(String name) {
        return BY_NAME.get(name);
    }
}
