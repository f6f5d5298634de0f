package dev.penstock.server.config;

import java.util.List;

/// The configuration cannot be used. Carries every problem found, so that one run shows them all.
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /// One line each.
    public List<String> problems() {
        return problems;
    }
}
