package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;

/// Told when a version is gone, so that what was kept about it can go too.
@FunctionalInterface
public interface VersionListener {
    /// Its memory is free and no other load of that version serves. On the loader thread; must not block.
    void closed(ModelKey key);
}
