package dev.penstock.router.split;

import dev.penstock.core.ModelName;

/// The version that an arm stands for.
///
/// @param version 0 for that of `alias`
/// @param alias "" for none; with neither, whoever answers requests to the model that name no version
public record Target(String model, long version, String alias) {
    public Target {
        Spec.check(ModelName.isValid(model), "model", model, "the name of a model");
        Spec.check(version >= 0, "version", Long.toString(version), "a positive integer, or none");
        Spec.check(
                alias.isEmpty() || (ModelName.isValid(alias) && version == 0),
                "alias",
                alias,
                version == 0 ? "the name of an alias" : "no alias beside version " + version);
    }

    public static Target version(String model, long version) {
        return new Target(model, version, "");
    }

    public static Target alias(String model, String alias) {
        return new Target(model, 0, alias);
    }

    /// Whoever answers requests to the model that name no version.
    public static Target standard(String model) {
        return new Target(model, 0, "");
    }

    /// As callers address it, but for the version: `model` or `model@alias`.
    public String address() {
        return alias.isEmpty() ? model : model + "@" + alias;
    }

    /// As callers write it: "" for none.
    public String versionText() {
        return version == 0 ? "" : Long.toString(version);
    }

    @Override
    public String toString() {
        return version == 0 ? address() : model + "/" + version;
    }
}
