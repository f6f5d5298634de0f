package dev.penstock.server;

import dev.penstock.core.ServingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// All that is wrong with something that somebody wrote, of which its reader names one thing only: what that
/// names is put right or left out, and it is read again. What may be wrong only for that is not told: nothing
/// of what was touched, and no longer how fields go together. Pure.
final class Mistakes {
    /// Of one thing; each costs reading it once more.
    private static final int MOST = 100;

    /// Values that can be read, of fields that cannot be left out.
    private static final Map<String, String> STAND_INS = Map.ofEntries(
            Map.entry("name", "x"),
            Map.entry("route", "x"),
            Map.entry("arm", "x"),
            Map.entry("default", "x@1"),
            Map.entry("target", "x@1"),
            Map.entry("candidate", "x@1"),
            Map.entry("version", "x@1"),
            Map.entry("weight", "1bp"),
            Map.entry("maxWeight", "100%"));

    /// Fields that say which others there may be.
    private static final Set<String> DECISIVE = Set.of("strategy", "type", "policy");

    private final JsonNode node;
    private final String where;
    private final Reader reader;
    private final List<String> found = new ArrayList<>();

    /// How often something was put right, by where it is.
    private final Map<String, Integer> tries = new HashMap<>();

    private final LeftOut leftOut = new LeftOut();

    /// Whether a field was put right of which the others may be told something else now.
    private boolean guessed;

    /// Reads it, and throws a [ServingException] for what is wrong.
    interface Reader {
        void read(JsonNode node, String where);
    }

    private Mistakes(JsonNode node, String where, Reader reader) {
        this.node = node;
        this.where = where;
        this.reader = reader;
    }

    /// @param where it is in what was written, as messages begin
    /// @return in the order of its reader; none if nothing is wrong
    static List<String> of(JsonNode node, String where, Reader reader) {
        Mistakes mistakes = new Mistakes(node.deepCopy(), where, reader);
        int reads = 1;
        while (mistakes.oneMore() && reads < MOST) {
            reads++;
        }
        return List.copyOf(mistakes.found);
    }

    /// @return whether there may be more
    private boolean oneMore() {
        try {
            reader.read(node, where);
            return false;
        } catch (ServingException e) {
            return tell(MistakeSpot.of(node, where, e.reason(), leftOut));
        }
    }

    private boolean tell(MistakeSpot spot) {
        if (tries.keySet().stream().noneMatch(spot::holds) && !(guessed && spot.isAmongFields())) {
            found.add(spot.message());
        }
        guessed |= !spot.isAmongFields();
        return putRight(spot);
    }

    /// @return false if nothing can be, without all of it
    private boolean putRight(MistakeSpot spot) {
        for (@Nullable MistakeSpot next = spot; next != null && !next.isWhole(); next = next.outer()) {
            int before = tries.merge(next.path(), 1, Integer::sum) - 1;
            if (!DECISIVE.contains(next.field()) && putRight(next, before)) {
                return true;
            }
        }
        return false;
    }

    private boolean putRight(MistakeSpot spot, int triesBefore) {
        String other = STAND_INS.get(spot.field());
        if (triesBefore == 0 && other != null) {
            spot.put(other);
            return true;
        }
        return spot.remove(leftOut);
    }
}
