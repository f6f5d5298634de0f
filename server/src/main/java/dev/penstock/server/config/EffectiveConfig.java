package dev.penstock.server.config;

import java.util.List;

/// What the server runs with, and why.
///
/// @param settings one for each key, in the order of [Keys#ALL]
public record EffectiveConfig(ServerConfig server, List<Setting> settings) {
    public EffectiveConfig {
        settings = List.copyOf(settings);
    }

    public Setting setting(Key<?> key) {
        return settings.stream()
                .filter(setting -> setting.key().equals(key))
                .findFirst()
                .orElseThrow();
    }
}
