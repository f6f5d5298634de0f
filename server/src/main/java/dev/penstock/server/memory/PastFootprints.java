package dev.penstock.server.memory;

import java.util.LinkedHashMap;
import java.util.Map;

/// What versions were found to take when they were loaded before, for as many as are remembered. Confined to
/// the
/// thread that loads.
///
/// @param <K> says which bytes were loaded
public final class PastFootprints<K> {
    private static final int MOST = 10_000;

    private final Map<K, Long> measured = new LinkedHashMap<>();

    /// What is to be expected of those bytes.
    public Footprint expected(K bytes, Footprint predicted) {
        return predicted.measured(measured.getOrDefault(bytes, -1L));
    }

    /// They were loaded; the last measurement counts.
    ///
    /// @param found -1 if that is not known
    public void learn(K bytes, long found) {
        if (found < 0) {
            return;
        }
        // Behind all others.
        measured.remove(bytes);
        measured.put(bytes, found);
        if (measured.size() > MOST) {
            measured.remove(measured.keySet().iterator().next());
        }
    }
}
