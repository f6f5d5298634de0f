package dev.penstock.server.memory;

import java.util.LinkedHashMap;
import java.util.Map;

/// What versions were found to take when they were loaded before, for as many as are remembered. What was found
/// to be too much is believed for a minute, then for two, up to about an hour: others may have taken it
/// meanwhile, and one such moment must not keep a version out of memory for good. Time is passed in. Confined
/// to the thread that loads.
///
/// @param <K> says which bytes were loaded
public final class PastFootprints<K> {
    private static final int MOST = 10_000;
    private static final long MINUTE_FOR_A_SECOND = 60;

    private final Map<K, Past> known = new LinkedHashMap<>();

    /// @param refusals in a row for which it was too much
    /// @param untilNanos how long it is believed, if there were any
    private record Past(long measured, int refusals, long untilNanos) {}

    /// What is to be expected of those bytes.
    public Footprint expected(K bytes, Footprint predicted, long nowNanos) {
        Past past = known.get(bytes);
        if (past == null || (past.refusals() > 0 && past.untilNanos() - nowNanos <= 0)) {
            return predicted;
        }
        return predicted.measured(past.measured());
    }

    /// They were loaded, and there was room for them; the last measurement counts.
    ///
    /// @param found -1 if that is not known
    public void learn(K bytes, long found) {
        if (found >= 0) {
            put(bytes, new Past(found, 0, 0));
        }
    }

    /// They were loaded, and there was no room for what was found.
    public void tooMuch(K bytes, long found, long nowNanos) {
        Past before = known.get(bytes);
        int refusals = before == null ? 1 : before.refusals() + 1;
        put(bytes, new Past(found, refusals, nowNanos + MINUTE_FOR_A_SECOND * BackOff.afterNanos(refusals)));
    }

    private void put(K bytes, Past past) {
        // Behind all others.
        known.remove(bytes);
        known.put(bytes, past);
        if (known.size() > MOST) {
            known.remove(known.keySet().iterator().next());
        }
    }
}
