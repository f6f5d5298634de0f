package dev.penstock.router.arms;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Murmur3;
import java.nio.charset.StandardCharsets;

/// An arm with a target, whatever the salt and the epoch.
public record ArmName(String route, String arm, ModelKey target) {
    /// Stands for a route and an arm in tokens: the same on every replica, and never 0.
    public static int hash(String route, String arm) {
        // Neither has a line feed in it.
        byte[] name = (route + '\n' + arm).getBytes(StandardCharsets.UTF_8);
        return (int) (Murmur3.hash(name) >>> Integer.SIZE) | 1;
    }
}
