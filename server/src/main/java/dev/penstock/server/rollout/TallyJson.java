package dev.penstock.server.rollout;

import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Tally;
import dev.penstock.server.store.RolloutTallyRecord;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tallies as they are recorded: an array of epochs, of which the first one says since when all were counted.
/// Releases that did not say so read it, and are read.
final class TallyJson {
    private static final String SINCE = "sinceMillis";

    private TallyJson() {}

    static String write(Tally tally) {
        ArrayNode epochs = StateJson.epochs(tally.epochs());
        if (epochs.path(0) instanceof ObjectNode first && tally.sinceMillis() > 0) {
            first.put(SINCE, tally.sinceMillis());
        }
        return epochs.toString();
    }

    /// @throws dev.penstock.core.ServingException with INTERNAL if this release cannot read it, or it counts
    ///     what cannot be
    static Read read(RolloutTallyRecord record) {
        List<Epoch> epochs = StateJson.readEpochs(record.epochs());
        JsonNode array = JsonMapper.shared().readTree(record.epochs());
        long sinceMillis = array.path(0).path(SINCE).asLong(0);
        Tally tally = new Tally(record.source(), record.number(), epochs, sinceMillis);
        return new Read(tally, StateShape.newerIn(array));
    }

    /// A tally as far as this release knows it.
    ///
    /// @param newer what only a newer one knows, for people; "" if there is nothing
    record Read(Tally tally, String newer) {}
}
