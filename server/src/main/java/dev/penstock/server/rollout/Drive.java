package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.RolloutEvent;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.server.store.RolloutRecord;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One rollout as this server knows it. Not thread-safe: its owner's lock is held.
final class Drive {
    final RolloutSpec spec;

    /// By arm: what the bytes of the candidates are, so that none is tried again that failed.
    final JsonNode artifacts;

    RolloutRecord record;
    RolloutState state;

    /// Null while another server drives it.
    @Nullable Since since;

    /// When the record was written last by this server, or was seen to have been by another.
    long keptMillis;

    long weighedMillis;

    /// Why what is wanted is not so yet.
    String waitsFor = "";

    private Drive(RolloutSpec spec, JsonNode artifacts, RolloutRecord record, RolloutState state) {
        this.spec = spec;
        this.artifacts = artifacts;
        this.record = record;
        this.state = state;
    }

    /// @throws ServingException if this release cannot read it
    static Drive of(RolloutRecord record) {
        JsonNode asked = JsonMapper.shared().readTree(record.spec());
        RolloutSpec spec = RolloutJson.read(asked.path("spec"), "", RolloutJson.USUAL_CONTROL).spec();
        return new Drive(spec, asked.path("artifacts"), record, StateJson.read(record.state()));
    }

    static String specJson(RolloutSpec spec, ObjectNode artifacts) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        node.set("spec", RolloutJson.write(spec));
        node.set("artifacts", artifacts);
        return node.toString();
    }

    /// The record with this state.
    RolloutRecord with(RolloutState next, String owner) {
        return new RolloutRecord(
                record.id(),
                record.route(),
                record.revision(),
                record.ticks(),
                RolloutJson.phase(next.phase()),
                owner,
                record.spec(),
                StateJson.write(next),
                record.changed());
    }

    List<String> events(List<RolloutEvent> events) {
        return events.stream()
                .map(event -> RolloutViewJson.of(event, record.id(), spec).toString())
                .toList();
    }

    RolloutView view() {
        return new RolloutView(record.id(), spec, state, record.owner(), changed(), waitsFor);
    }

    private Instant changed() {
        return record.changed();
    }
}
