package dev.penstock.router.arms;

import dev.penstock.core.ModelKey;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The ledgers that were bound last, as tokens name them. One thread at a time changes them; any thread asks,
/// and
/// waits for nobody.
final class ArmVoices {
    private static final long MINUTE_MILLIS = 60_000;

    private final Map<Token, ArmLedger> ledgers = new ConcurrentHashMap<>();

    private record Token(int hash, ModelKey target) {
        static Token of(ArmHistory history) {
            return new Token(history.hash(), history.name().target());
        }
    }

    void bound(ArmHistory history, ArmLedger ledger) {
        ledgers.put(Token.of(history), ledger);
    }

    void keep(List<ArmHistory> known) {
        Set<Token> tokens = new HashSet<>();
        known.forEach(history -> tokens.add(Token.of(history)));
        ledgers.keySet().retainAll(tokens);
    }

    /// @return null if it is not known, or began after that minute
    @Nullable
    ArmVoice of(int hash, ModelKey target, long minute) {
        ArmLedger ledger = ledgers.get(new Token(hash, target));
        return ledger == null || minute < ledger.begunMillis() / MINUTE_MILLIS ? null : ledger;
    }
}
