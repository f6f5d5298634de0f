package dev.penstock.server;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;

/// Which elements were taken out of lists, so that the others are still called by the places that they had.
final class LeftOut {
    /// The places that the elements of a list had, in order; of lists that have lost some.
    private final IdentityHashMap<ArrayNode, List<Integer>> places = new IdentityHashMap<>();

    /// @param index of an element as the list is now
    /// @return the place that it had
    int place(ArrayNode list, int index) {
        List<Integer> had = places.get(list);
        return had == null || index >= had.size() ? index : had.get(index);
    }

    void remove(ArrayNode list, int index) {
        places.computeIfAbsent(list, LeftOut::all).remove(/* index */ index);
        list.remove(index);
    }

    private static List<Integer> all(ArrayNode list) {
        return new ArrayList<>(IntStream.range(0, list.size()).boxed().toList());
    }
}
