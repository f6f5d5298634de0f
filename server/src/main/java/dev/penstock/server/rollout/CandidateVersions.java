package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelPage;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.store.VersionRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The versions that candidates are. Blocks on the record.
final class CandidateVersions {
    private final Catalog catalog;
    private final @Nullable ModelAdmin admin;

    /// @param admin null on a server without a record, which has none to be rolled out
    CandidateVersions(Catalog catalog, @Nullable ModelAdmin admin) {
        this.catalog = catalog;
        this.admin = admin;
    }

    /// Has those loaded that are not yet. Blocks for as long as fetching and loading take.
    void load(RolloutSpec spec, String who) {
        ModelAdmin present = admin();
        spec.candidates().forEach(candidate -> load(candidate, present, who));
    }

    private void load(Candidate candidate, ModelAdmin present, String who) {
        ModelPage page = ModelPage.find(candidate.model(), catalog, present);
        VersionStatus here = page.version(candidate.version());
        boolean recorded = page.recorded().containsKey(candidate.version());
        if (recorded && (here == null || here.state() != VersionState.READY)) {
            present.setWanted(candidate.model(), candidate.version(), true, who);
        }
    }

    /// Whether this server knows all of them, loaded or not.
    boolean areKnown(RolloutSpec spec) {
        return spec.candidates().stream().allMatch(this::isKnown);
    }

    private boolean isKnown(Candidate candidate) {
        ModelStatus model = catalog.model(candidate.model());
        return model != null && model.version(candidate.version()) != null;
    }

    /// What their bytes are, by arm.
    ///
    /// @throws ServingException if one of them is not there
    ObjectNode artifacts(RolloutSpec spec) {
        ModelAdmin present = admin();
        ObjectNode artifacts = JsonMapper.shared().createObjectNode();
        for (Candidate candidate : spec.candidates()) {
            ModelPage page = ModelPage.find(candidate.model(), catalog, present);
            if (!page.numbers().contains(candidate.version())) {
                throw new ServingException(
                        ErrorCode.NOT_FOUND,
                        "candidate %s is not there; '%s' has versions %s"
                                .formatted(candidate, candidate.model(), page.numbers()));
            }
            VersionRecord recorded = page.recorded().get(candidate.version());
            artifacts.put(candidate.arm(), recorded == null ? "folder:" + candidate : recorded.digest());
        }
        return artifacts;
    }

    private ModelAdmin admin() {
        if (admin == null) {
            throw ModelAdmin.noRecord();
        }
        return admin;
    }
}
