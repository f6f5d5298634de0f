package dev.penstock.server.admin;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.router.VersionText;
import org.jspecify.annotations.Nullable;

/// Finds in a catalog what a caller asks for, and refuses what is not there in the words its clients know. Thread-safe.
public final class ModelLookup {
    private final Catalog catalog;

    public ModelLookup(Catalog catalog) {
        this.catalog = catalog;
    }

    /// The number of a version that a caller wrote, for headers: 0 where it wrote none or no number.
    public static long asked(String version) {
        try {
            return version.isEmpty() ? 0 : VersionText.parse("", version);
        } catch (ServingException e) {
            return 0;
        }
    }

    /// @throws ServingException if there is no such model
    public ModelStatus model(String name) {
        @Nullable ModelStatus model = catalog.model(name);
        if (model == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, "Request for unknown model: '" + name + "' is not found");
        }
        return model;
    }

    /// @param version as the caller wrote it, "" for the newest that serves
    /// @throws ServingException if that version is not there or does not serve
    public static VersionStatus serving(ModelStatus model, String version) {
        if (version.isEmpty()) {
            return newest(model);
        }
        long number = VersionText.parse(model.name(), version);
        @Nullable VersionStatus status = model.version(number);
        if (status == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND,
                    "Request for unknown model: '%s' version %d is not found".formatted(model.name(), number));
        }
        if (status.state() != VersionState.READY) {
            throw notReady(model.name(), number);
        }
        return status;
    }

    private static VersionStatus newest(ModelStatus model) {
        @Nullable VersionStatus newest = model.newestReady();
        if (newest == null) {
            throw new ServingException(
                    model.versions().isEmpty() ? ErrorCode.NOT_FOUND : ErrorCode.NOT_READY,
                    "Request for unknown model: '" + model.name() + "' has no available versions");
        }
        return newest;
    }

    /// @throws ServingException if the version was never loaded
    public static Signature signature(ModelStatus model, VersionStatus version) {
        @Nullable Signature signature = version.signature();
        if (signature == null) {
            throw notReady(model.name(), version.version());
        }
        return signature;
    }

    public static ServingException notReady(String model, long version) {
        return new ServingException(
                ErrorCode.NOT_READY,
                "Request for unknown model: '%s' version %d is not at ready state".formatted(model, version));
    }
}
