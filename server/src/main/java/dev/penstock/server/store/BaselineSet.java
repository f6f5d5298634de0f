package dev.penstock.server.store;

import java.util.List;
import java.util.Map;

/// Which baselines a model has, and which of its versions is held against which. Immutable.
///
/// @param revision of the last change of any of them; 0 if there never was one
/// @param ids the oldest first
/// @param held ids by version
public record BaselineSet(long revision, List<String> ids, Map<Long, String> held) {
    public BaselineSet {
        ids = List.copyOf(ids);
        held = Map.copyOf(held);
    }
}
