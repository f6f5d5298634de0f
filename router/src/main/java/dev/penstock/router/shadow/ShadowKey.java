package dev.penstock.router.shadow;

import dev.penstock.core.ModelKey;

/// Whose counts they are.
///
/// @param route whose requests are copied
/// @param arm name of the shadow arm
/// @param target the version that gets the copies
public record ShadowKey(String route, String arm, ModelKey target) {}
