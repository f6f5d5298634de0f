package dev.penstock.server;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// All that is wrong with routes and rollouts that somebody wrote, of which their reader names one thing
/// only: what that names is put right or left out, and all is read again. What may be wrong only for that is
/// not told: nothing of what was touched, and of the same route or rollout no longer how fields go together.
/// Pure.
final class Mistakes {
    /// Of one document; each costs reading it once more.
    static final int MOST = 100;

    /// Values that can be read, of fields that cannot be left out.
    private static final Map<String, String> STAND_INS = Map.ofEntries(
            Map.entry("name", "x"),
            Map.entry("route", "x"),
            Map.entry("arm", "x"),
            Map.entry("default", "x@1"),
            Map.entry("target", "x@1"),
            Map.entry("candidate", "x@1"),
            Map.entry("version", "x@1"),
            Map.entry("address", "http://x"),
            Map.entry("query", "x"),
            Map.entry("successCondition", "result < 1"),
            Map.entry("weight", "1bp"),
            Map.entry("maxWeight", "100%"));

    /// Fields that say which others there may be.
    private static final Set<String> DECISIVE = Set.of("strategy", "type", "policy");

    /// What is not missing where there is something else.
    private static final Map<String, String> INSTEAD = Map.of("candidate", "candidates");

    /// How many steps lead to one route or rollout, such as `routes[0]`.
    private static final int TO_ONE = 2;

    private final JsonNode node;
    private final Consumer<JsonNode> reader;
    private final List<Mistake> found = new ArrayList<>();

    /// How often something was put right, by where it was written.
    private final Map<FieldPath, Integer> tries = new HashMap<>();

    private final LeftOut leftOut = new LeftOut();

    /// Routes and rollouts of which a field was wrong by itself: others may be told something else now.
    private final Set<FieldPath> guessed = new HashSet<>();

    private Mistakes(JsonNode node, Consumer<JsonNode> reader) {
        this.node = node;
        this.reader = reader;
    }

    /// @param reader throws a [ServingException] with a [Mistake]
    /// @return in the order of its reader, [#MOST] at most; none if nothing is wrong
    static List<Mistake> of(JsonNode node, Consumer<JsonNode> reader) {
        Mistakes mistakes = new Mistakes(node.deepCopy(), reader);
        int reads = 1;
        while (mistakes.oneMore() && mistakes.found.size() < MOST && reads < MOST * MOST) {
            reads++;
        }
        return List.copyOf(mistakes.found);
    }

    /// @return whether there may be more
    private boolean oneMore() {
        try {
            reader.accept(node);
            return false;
        } catch (ServingException e) {
            // Without a field it is about all of it.
            Mistake mistake = e.mistake() == null ? e.in(FieldPath.HERE).mistake() : e.mistake();
            return mistake != null && tell(mistake);
        }
    }

    private boolean tell(Mistake mistake) {
        MistakeSpot spot = MistakeSpot.of(node, mistake.path(), leftOut);
        if (!isTouched(spot.path()) && !isTouched(spot.instead(INSTEAD))) {
            note(mistake.at(spot.path()));
        }
        return putRight(spot);
    }

    private void note(Mistake mistake) {
        FieldPath one = one(mistake.path());
        if (!mistake.together()) {
            guessed.add(one);
            found.add(mistake);
        } else if (!guessed.contains(one)) {
            found.add(mistake);
        }
    }

    /// Whether something in it was put right, or what it is in.
    private boolean isTouched(FieldPath path) {
        return tries.keySet().stream().anyMatch(touched -> touched.isWithin(path) || path.isWithin(touched));
    }

    /// Which route or rollout that is of.
    private static FieldPath one(FieldPath path) {
        return new FieldPath(
                path.steps().subList(0, Math.min(TO_ONE, path.steps().size())));
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
