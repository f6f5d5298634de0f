package dev.penstock.router.arms;

import dev.penstock.core.ModelKey;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The ledgers that were bound last, as tokens name them. One thread at a time changes them; any thread asks,
/// and waits for nobody.
final class ArmVoices {
    private static final long MINUTE_MILLIS = 60_000;

    private final Map<Token, Bound> bound = new ConcurrentHashMap<>();

    /// By hash, which version each arm stood for when it was bound last.
    private final Map<Integer, ModelKey> targets = new ConcurrentHashMap<>();

    /// By route.
    private final Map<String, Comparison> comparisons = new ConcurrentHashMap<>();

    /// @param hashes of the arms
    /// @param sinceMinute in which it began
    private record Comparison(Set<Integer> hashes, long sinceMinute) {}

    private record Bound(ArmHistory history, ArmLedger ledger) {}

    private record Token(int hash, ModelKey target) {
        static Token of(ArmHistory history) {
            return new Token(history.hash(), history.name().target());
        }
    }

    void bound(ArmHistory history, ArmLedger ledger) {
        bound.put(Token.of(history), new Bound(history, ledger));
        targets.put(history.hash(), history.name().target());
    }

    void keep(List<ArmHistory> known) {
        Set<Token> tokens = new HashSet<>();
        known.forEach(history -> tokens.add(Token.of(history)));
        bound.keySet().retainAll(tokens);
        targets.keySet().retainAll(tokens.stream().map(Token::hash).toList());
    }

    /// See [ArmLedgers#compares].
    void compares(String route, Set<String> arms, long sinceMillis) {
        if (arms.isEmpty()) {
            comparisons.remove(route);
            return;
        }
        Set<Integer> hashes = new HashSet<>();
        arms.forEach(arm -> hashes.add(ArmName.hash(route, arm)));
        comparisons.put(route, new Comparison(Set.copyOf(hashes), sinceMillis / MINUTE_MILLIS));
    }

    /// See [ArmLedgers#isAwaited].
    boolean isAwaited(int hash, long minute, Predicate<ModelKey> absent) {
        for (Comparison comparison : comparisons.values()) {
            if (comparison.hashes.contains(hash) && minute >= comparison.sinceMinute) {
                return comparison.hashes.stream().anyMatch(arm -> isAbsent(targets.get(arm), absent));
            }
        }
        return false;
    }

    private static boolean isAbsent(@Nullable ModelKey target, Predicate<ModelKey> absent) {
        return target == null || absent.test(target);
    }

    /// @param weight of the arm then, in 1/10,000
    /// @return null if it is not known, or began after that minute
    @Nullable
    ArmVoice of(int hash, ModelKey target, long minute, int weight) {
        Bound last = bound.get(new Token(hash, target));
        if (last == null || minute < last.history.sinceMillis() / MINUTE_MILLIS) {
            return null;
        }
        Told dealt = last.history.voice(minute, weight);
        return new RangedVoice(dealt == null ? last.ledger.told(true) : dealt, last.history.range());
    }
}
