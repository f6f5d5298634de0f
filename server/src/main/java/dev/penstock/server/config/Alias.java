package dev.penstock.server.config;

/// Another server's name for a flag, so that its users' command lines go on working.
///
/// @param unit what to put behind a bare number, or ""
public record Alias(String flag, String unit) {
    static Alias of(String flag) {
        return new Alias(flag, "");
    }

    /// What the value means under the key's own name.
    public String translate(String value) {
        return value.matches("\\d+") ? value + unit : value;
    }
}
