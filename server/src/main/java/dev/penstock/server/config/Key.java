package dev.penstock.server.config;

import java.util.List;
import java.util.Locale;

/// One setting. Its name decides how it is written in each source: `http.port` is `--http-port` as a flag and
/// `PENSTOCK_HTTP_PORT` in the environment.
///
/// @param name kebab-case, groups divided by dots
/// @param fallback the value when nobody gives one, as it would be written; "" for an empty list
/// @param description one sentence
public record Key<T>(String name, ValueKind<T> kind, String fallback, String description, List<Alias> aliases) {
    static final String ENVIRONMENT_PREFIX = "PENSTOCK_";

    public Key {
        aliases = List.copyOf(aliases);
    }

    public String flag() {
        return "--" + name.replace('.', '-');
    }

    public String environmentName() {
        return ENVIRONMENT_PREFIX + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return name;
    }
}
