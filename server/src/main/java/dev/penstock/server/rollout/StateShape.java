package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What this release knows of objects within a rollout's state. What a newer one has there as well, such as
/// more that it counts, goes on with every tick: it can neither stay as it was nor be left out, so who does
/// not know it writes no such state. Of lists, it is what their elements have, and how many there are where
/// each has its own meaning. Pure.
///
/// @param fields by name
/// @param any of fields that have any name, as arms have; null if there are none
/// @param elements how many are known of a list whose elements have each its own meaning; else 0
record StateShape(Map<String, StateShape> fields, @Nullable StateShape any, int elements) {
    private static final StateShape VALUE = new StateShape(Map.of(), null, 0);
    private static final StateShape VALUES = each(VALUE);
    private static final StateShape COPIES = new StateShape(Map.of(), null, CopiesJson.ELEMENTS);

    private static final StateShape COUNTS = values(
                    "failed",
                    "abandoned",
                    "refused",
                    "eligibleOnce",
                    "failedOnce",
                    "abandonedOnce",
                    "refusedOnce",
                    "firstExposures",
                    "latency",
                    "latencyOnce",
                    "bins",
                    "rewards",
                    "right",
                    "lateRewards",
                    "lateRight",
                    "clipped",
                    "earned",
                    "lateEarned")
            .and("failures", VALUES);

    private static final StateShape EPOCH =
            values("step").and("weights", VALUES).and("counts", each(COUNTS)).and("copies", each(COPIES));

    private static final StateShape BETS = values("parts", "bets");

    private static final StateShape EVIDENCE = values("differs")
            .and("failures", VALUES)
            .and("staked", each(values().and("all", BETS).and("step", BETS)))
            .and("slower", VALUES)
            .and("notSlower", VALUES);

    private static final StateShape SUMS = values("counts", "sums");
    private static final StateShape EARNED = values().and("rewards", SUMS).and("weights", SUMS);
    private static final StateShape TOLD =
            values("step", "rewards", "right", "allRewards", "allRight", "earned", "rightEarned");
    private static final StateShape BEFORE =
            values("step").and("weights", VALUES).and("once", VALUES);

    private static final StateShape PAST = values("mismatch")
            .and("totals", EPOCH)
            .and("evidence", each(EVIDENCE))
            .and("rewards", each(EARNED))
            .and("right", each(EARNED))
            .and("told", each(TOLD))
            .and("part", values("step", "number").and("before", BEFORE));

    /// But what is not looked into, as it stays whole: what only a newer release has, and what is untold.
    private static final StateShape STATE = values("recent", "waits", "told", "refuted", "dropped")
            .and("weights", VALUES)
            .and("droppedFor", VALUES)
            .and("sources", VALUES)
            .and("findings", values("seq", "arm", "reason", "detail"))
            .and("gates", values("name", "verdict", "value", "failures", "detail"))
            .and("epochs", EPOCH)
            .and("past", PAST);

    private static final StateShape TALLY = EPOCH.and("sinceMillis", VALUE);

    private static StateShape values(String... names) {
        Map<String, StateShape> fields = new HashMap<>();
        for (String name : names) {
            fields.put(name, VALUE);
        }
        return new StateShape(Map.copyOf(fields), null, 0);
    }

    private static StateShape each(StateShape shape) {
        return new StateShape(Map.of(), shape, 0);
    }

    private StateShape and(String name, StateShape shape) {
        Map<String, StateShape> more = new HashMap<>(fields);
        more.put(name, shape);
        return new StateShape(Map.copyOf(more), any, elements);
    }

    /// @param json as it is recorded
    /// @throws ServingException with UNSUPPORTED, naming the field, if objects in it have what only a newer
    ///     release knows; with INTERNAL if it cannot be read at all
    static void refuseNewer(String json) {
        JsonNode state;
        try {
            state = JsonMapper.shared().readTree(json);
        } catch (JacksonException e) {
            throw StateJson.unreadable(e);
        }
        STATE.fields.forEach((name, shape) -> shape.check(state.path(name), name));
    }

    /// What of a tally only a newer release knows: that is lost where this one adds it up, and nothing else is.
    ///
    /// @param epochs as they are recorded
    /// @return for people; "" if there is nothing
    static String newerIn(JsonNode epochs) {
        try {
            TALLY.check(epochs, "epochs");
            return "";
        } catch (ServingException e) {
            return e.reason();
        }
    }

    private void check(JsonNode node, String path) {
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                element(i, path).check(node.path(i), path + "[" + i + "]");
            }
        } else if (node.isObject()) {
            node.properties()
                    .forEach(field -> of(field.getKey(), path).check(field.getValue(), path + "." + field.getKey()));
        }
    }

    private StateShape element(int index, String path) {
        if (elements == 0) {
            return this;
        }
        if (index >= elements) {
            throw newer("%s[%d]".formatted(path, index));
        }
        return VALUE;
    }

    private StateShape of(String name, String path) {
        StateShape shape = fields.getOrDefault(name, any);
        if (shape == null) {
            throw newer(path + "." + name);
        }
        return shape;
    }

    private static ServingException newer(String path) {
        return new ServingException(ErrorCode.UNSUPPORTED, "only a newer release knows what %s is".formatted(path));
    }
}
