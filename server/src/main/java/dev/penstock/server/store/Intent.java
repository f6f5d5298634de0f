package dev.penstock.server.store;

import java.time.Instant;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a registration asks for besides its version. It takes effect with the verdict that lets the version
/// pass, and never if that is turned down or deleted before.
///
/// @param order of two of one model, the greater was asked for later; 0 for nothing
/// @param by who asked
/// @param at when
/// @param policy the model's, or "" to leave it as it is
/// @param config the model's `config.pbtxt`, or "" to leave it as it is
/// @param aliases that are to point to the version
public record Intent(long order, String by, Instant at, String policy, String config, SortedSet<String> aliases) {
    public static final Intent NONE = new Intent(0, "", Instant.EPOCH, "", "", new TreeSet<>());

    public Intent {
        aliases = Collections.unmodifiableSortedSet(new TreeSet<>(aliases));
    }

    public boolean asksForNothing() {
        return policy.isEmpty() && config.isEmpty() && aliases.isEmpty();
    }

    /// Whether nothing else would become of the model.
    public boolean asksTheSameAs(Intent other) {
        return policy.equals(other.policy) && config.equals(other.config) && aliases.equals(other.aliases);
    }

    /// What both ask for; of what cannot be had at once, what the later does.
    public Intent and(Intent later) {
        SortedSet<String> both = new TreeSet<>(aliases);
        both.addAll(later.aliases);
        return new Intent(
                later.order,
                later.by,
                later.at,
                later.policy.isEmpty() ? policy : later.policy,
                later.config.isEmpty() ? config : later.config,
                both);
    }

    /// What is left of it when those parts are decided elsewhere.
    public Intent without(boolean ofPolicy, boolean ofConfig, Set<String> ofAliases) {
        SortedSet<String> left = new TreeSet<>(aliases);
        left.removeAll(ofAliases);
        Intent rest = new Intent(order, by, at, ofPolicy ? "" : policy, ofConfig ? "" : config, left);
        return rest.asksForNothing() ? NONE : rest;
    }

    public Intent ordered(long nextOrder) {
        return new Intent(nextOrder, by, at, policy, config, aliases);
    }
}
