package dev.penstock.router;

import dev.penstock.core.ServingException;

/// A version as callers write it.
public final class VersionText {
    private static final int MAX_DIGITS = 18;

    private VersionText() {}

    /// @throws ServingException if `text` is not a positive integer in plain digits
    public static long parse(String model, String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS || !isDigits(text)) {
            throw invalid(model, text);
        }
        long version = Long.parseLong(text);
        if (version == 0) {
            throw invalid(model, text);
        }
        return version;
    }

    /// @param address `model@alias`
    /// @throws ServingException if there is a version, too: they might not mean the same
    public static void refuseBesideAlias(String address, String version) {
        if (!version.isEmpty()) {
            throw ServingException.invalid(
                    "version '%s' of '%s' (expected: an alias or a version)".formatted(version, address));
        }
    }

    private static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static ServingException invalid(String model, String text) {
        return ServingException.invalid(
                "version '%s' of model '%s' is not a version (expected: an integer > 0)".formatted(text, model));
    }
}
