package dev.penstock.server.store;

import java.util.TreeMap;

/// What a registration changed of its model besides adding a version: it is taken back where the version is
/// turned
/// down, whoever finds that out.
///
/// @param before the model as the registration found it, without its versions
/// @param after as it wrote it, without its versions
public record WayBack(ModelRecord before, ModelRecord after) {
    public WayBack {
        before = withoutVersions(before);
        after = withoutVersions(after);
    }

    private static ModelRecord withoutVersions(ModelRecord model) {
        return new ModelRecord(model.name(), 0, model.policy(), model.config(), new TreeMap<>(), model.aliases());
    }
}
