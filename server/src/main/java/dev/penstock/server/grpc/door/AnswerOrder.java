package dev.penstock.server.grpc.door;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one stream still owes, in the order in which it was asked: for each request its call, or its answer as long as
/// an earlier request has none. Confined to an event loop; allocates only to grow.
final class AnswerOrder {
    private @Nullable Object[] owed = new @Nullable Object[16];
    private int first;
    private int next;

    int size() {
        return next - first;
    }

    void add(InferCall call) {
        if (size() == owed.length) {
            grow();
        }
        call.place = next;
        owed[index(next++)] = call;
    }

    private void grow() {
        @Nullable Object[] larger = new @Nullable Object[owed.length * 2];
        for (int place = first; place != next; place++) {
            larger[place & larger.length - 1] = owed[index(place)];
        }
        owed = larger;
    }

    private int index(int place) {
        return place & owed.length - 1;
    }

    /// Whether the answer to that call is the next to go out.
    boolean isFirst(InferCall call) {
        return call.place == first;
    }

    /// Keeps an answer until it is the next.
    void keep(InferCall call, Object answer) {
        owed[index(call.place)] = answer;
    }

    /// Says that the first answer went out.
    void pass() {
        owed[index(first++)] = null;
    }

    /// Takes the first answer, if it is there already.
    @Nullable
    Object pollAnswer() {
        Object head = first == next ? null : owed[index(first)];
        if (head == null || head instanceof InferCall) {
            return null;
        }
        pass();
        return head;
    }

    /// Forgets everything. What `each` does may answer calls, but not of this order.
    void clear(Consumer<Object> each) {
        @Nullable Object[] left = owed;
        int from = first;
        int to = next;
        owed = new @Nullable Object[16];
        first = next;
        for (int place = from; place != to; place++) {
            Object one = left[place & left.length - 1];
            if (one != null) {
                each.accept(one);
            }
        }
    }
}
