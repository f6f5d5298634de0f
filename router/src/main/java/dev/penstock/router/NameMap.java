package dev.penstock.router;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A map by names that never changes: an edit is another one, which shares with this all that it does not
/// touch. So of thousands of names, one can be edited at the cost of a few, and whoever reads needs no lock.
///
/// @param <V> immutable, too
public final class NameMap<V> {
    /// A power of two: an edit copies as many references, and one part. So it costs least for about as many
    /// names as the square of it.
    private static final int PARTS = 128;

    /// None of them is changed once it is here.
    private final Map<String, V>[] parts;

    private final int size;

    private NameMap(Map<String, V>[] parts, int size) {
        this.parts = parts;
        this.size = size;
    }

    public static <V> NameMap<V> empty() {
        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of parts cannot be had otherwise
        Map<String, V>[] parts = new Map[PARTS];
        Arrays.fill(parts, Map.of());
        return new NameMap<>(parts, 0);
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public @Nullable V get(String name) {
        return parts[place(name)].get(name);
    }

    public boolean contains(String name) {
        return get(name) != null;
    }

    /// With that value in the place of what was there.
    public NameMap<V> with(String name, V value) {
        Map<String, V> part = new HashMap<>(parts[place(name)]);
        int more = part.put(name, value) == null ? 1 : 0;
        return with(name, part, size + more);
    }

    public NameMap<V> without(String name) {
        if (!contains(name)) {
            return this;
        }
        Map<String, V> part = new HashMap<>(parts[place(name)]);
        part.remove(name);
        return with(name, part, size - 1);
    }

    private NameMap<V> with(String name, Map<String, V> part, int newSize) {
        Map<String, V>[] edited = Arrays.copyOf(parts, PARTS);
        edited[place(name)] = part;
        return new NameMap<>(edited, newSize);
    }

    /// In no order.
    public List<V> values() {
        List<V> values = new ArrayList<>(size);
        for (Map<String, V> part : parts) {
            values.addAll(part.values());
        }
        return values;
    }

    /// All of them, by name; the caller's.
    public SortedMap<String, V> sorted() {
        SortedMap<String, V> sorted = new TreeMap<>();
        for (Map<String, V> part : parts) {
            sorted.putAll(part);
        }
        return sorted;
    }

    /// Hash codes of names that differ in their end only differ in their lowest bits only.
    private static int place(String name) {
        int hash = name.hashCode();
        return (hash ^ (hash >>> 16)) & (PARTS - 1);
    }
}
