package dev.penstock.core;

import java.nio.charset.StandardCharsets;

/// What may be a model's name: UTF-8 of 1 to 255 bytes without `/`, `\`, `@` and control characters, and not a
/// step in a path.
public final class ModelName {
    private static final int MAX_BYTES = 255;

    private ModelName() {}

    public static boolean isValid(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(ModelName::isReserved)
                && name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }

    /// Whether a model can be called by it: its name or, behind an `@`, that of an alias, too.
    public static boolean isAddress(String text) {
        int at = text.indexOf('@');
        return at < 0 ? isValid(text) : isValid(text.substring(0, at)) && isValid(text.substring(at + 1));
    }

    private static boolean isReserved(int character) {
        return character == '/' || character == '\\' || character == '@' || Character.isISOControl(character);
    }
}
