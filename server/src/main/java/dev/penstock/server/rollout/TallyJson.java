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
    static Tally read(RolloutTallyRecord record) {
        List<Epoch> epochs = StateJson.readEpochs(record.epochs());
        JsonNode first = JsonMapper.shared().readTree(record.epochs()).path(0);
        long sinceMillis = first.path(SINCE).asLong(0);
        return new Tally(record.source(), record.number(), epochs, sinceMillis);
    }
}
