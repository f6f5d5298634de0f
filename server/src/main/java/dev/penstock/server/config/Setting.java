package dev.penstock.server.config;

/// The value that a key has in the end, and who said so.
///
/// @param value as the program sees it
/// @param text as a person would write it
public record Setting(Key<?> key, Object value, String text, Origin origin) {}
