package dev.penstock.server.picture;

import java.util.Locale;

/// What is drawn in a colour of its own, on light ground and on dark.
enum Ink {
    GROUND(0xffffff, 0x16181c),
    TEXT(0x222222, 0xe2e4e8),
    MUTED(0x555555, 0xb5bbc3),
    RULE(0xdddddd, 0x3a3f47),
    /// What is usual.
    USUAL(0xb8c4d0, 0x5d6b7a),
    /// The window.
    NOW(0xd2691e, 0xe8833a),
    ON_STATUS(0xffffff, 0xffffff),
    INSUFFICIENT(0x666666, 0x666666),
    OK(0x2a7d46, 0x2a7d46),
    NOTICE(0x33689c, 0x33689c),
    WARNING(0x965a00, 0x965a00),
    CRITICAL(0xb3261e, 0xb3261e);

    private final int light;
    private final int dark;

    Ink(int light, int dark) {
        this.light = light;
        this.dark = dark;
    }

    /// Red, green and blue on light ground.
    int light() {
        return light;
    }

    /// The class in a style sheet.
    String style() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// A style sheet that has every ink.
    ///
    /// @param both whether those who like it dark get it dark
    static String styles(boolean both) {
        StringBuilder styles = new StringBuilder(":root{color-scheme:").append(both ? "light dark" : "light");
        for (Ink ink : values()) {
            styles.append(";--").append(ink.style()).append(':').append(hex(ink.light));
        }
        if (both) {
            styles.append("}\n@media (prefers-color-scheme:dark){:root{");
            for (Ink ink : values()) {
                styles.append("--")
                        .append(ink.style())
                        .append(':')
                        .append(hex(ink.dark))
                        .append(';');
            }
            styles.append('}');
        }
        styles.append("}\n");
        for (Ink ink : values()) {
            styles.append("svg .%1$s{fill:var(--%1$s)}".formatted(ink.style()));
        }
        return styles.append('\n').toString();
    }

    private static String hex(int colour) {
        return String.format(Locale.ROOT, "#%06x", colour);
    }
}
