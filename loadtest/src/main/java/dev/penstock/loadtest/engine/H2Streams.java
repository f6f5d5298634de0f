package dev.penstock.loadtest.engine;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The streams of one connection, and which of them has which number now. Confined to that connection.
final class H2Streams implements Iterable<H2Stream> {
    private final List<H2Stream> all;
    private final int inFlight;
    private final @Nullable H2Stream[] byId;
    private int nextId = 1;

    /// @param inFlight requests under way on each
    H2Streams(int count, int inFlight, Breakdown breakdown) {
        H2Stream[] streams = new H2Stream[count];
        for (int i = 0; i < count; i++) {
            streams[i] = new H2Stream(inFlight, breakdown);
        }
        this.all = List.of(streams);
        this.inFlight = inFlight;
        this.byId = new @Nullable H2Stream[Integer.highestOneBit(count) * 4];
    }

    int size() {
        return all.size();
    }

    @Override
    public Iterator<H2Stream> iterator() {
        return all.iterator();
    }

    /// The one that carries the requests of that slot.
    H2Stream of(Slot slot) {
        return all.get(slot.index / inFlight);
    }

    @Nullable
    H2Stream find(int id) {
        H2Stream stream = byId[place(id)];
        return stream != null && stream.id == id ? stream : null;
    }

    /// A connection is new: all streams are closed, and numbers begin anew.
    void reset() {
        nextId = 1;
    }

    /// The next number whose place is not taken by a stream that is long under way.
    int freeId() {
        while (byId[place(nextId)] != null) {
            nextId += 2;
        }
        int id = nextId;
        nextId += 2;
        return id;
    }

    void open(H2Stream stream, int id, long window) {
        stream.open(id, window);
        byId[place(id)] = stream;
    }

    void close(H2Stream stream) {
        if (stream.isOpen()) {
            byId[place(stream.id)] = null;
            stream.id = 0;
        }
    }

    /// Whether another connection is due, as numbers run out.
    boolean areNearlyUsedUp() {
        return nextId < 0 || nextId > Integer.MAX_VALUE - byId.length * 4;
    }

    private int place(int id) {
        return (id >>> 1) & (byId.length - 1);
    }
}
