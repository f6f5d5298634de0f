package dev.penstock.server.admin;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.router.AliasTarget;
import dev.penstock.router.VersionText;
import dev.penstock.router.split.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds in a catalog what a caller asks for, and refuses what is not there in the words its clients know.
/// Thread-safe.
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
            throw unknown(name);
        }
        return model;
    }

    private static ServingException unknown(String address) {
        return new ServingException(ErrorCode.NOT_FOUND, "Request for unknown model: '" + address + "' is not found");
    }

    /// What a caller means, and that serves.
    ///
    /// @param chosen whether the caller chose the version, by its number or by an alias
    public record Found(ModelStatus model, VersionStatus version, boolean chosen) {}

    /// @param address a model's name, or `model@alias`, or that of a route, which stands for its default
    ///     arm
    /// @param version as the caller wrote it, or "" for the one that requests without a version go to
    /// @throws ServingException if that is not there or does not serve
    public Found find(String address, String version) {
        @Nullable Target arm = version.isEmpty() ? catalog.routed(address) : null;
        return arm == null ? findModel(address, version) : findModel(arm.address(), arm.versionText());
    }

    private Found findModel(String address, String version) {
        @Nullable ModelStatus named = catalog.model(address);
        if (named != null) {
            return version.isEmpty()
                    ? new Found(named, standard(named), false)
                    : new Found(named, exactly(named, VersionText.parse(address, version)), true);
        }
        Aliased aliased = aliased(address, version);
        @Nullable VersionStatus behind = aliased.target().pick(aliased.model()::ready);
        if (behind == null) {
            throw notReady(address, aliased.target().version());
        }
        return new Found(aliased.model(), behind, true);
    }

    private record Aliased(ModelStatus model, AliasTarget target) {}

    private Aliased aliased(String address, String version) {
        int at = address.lastIndexOf(AliasTarget.SEPARATOR);
        @Nullable ModelStatus model = at < 0 ? null : catalog.model(address.substring(0, at));
        if (model == null) {
            throw unknown(address);
        }
        @Nullable AliasTarget target = model.aliases().get(address.substring(at + 1));
        if (target == null) {
            throw AliasTarget.unknown(address, model.aliases().keySet());
        }
        VersionText.refuseBesideAlias(address, version);
        return new Aliased(model, target);
    }

    /// What a caller means, whether it serves or not.
    ///
    /// @param versions newest first; one if the caller chose it
    /// @param ready whether a request to that would be taken
    public record Known(List<VersionStatus> versions, boolean ready) {
        public Known {
            versions = List.copyOf(versions);
        }

        private static Known of(VersionStatus version) {
            return new Known(List.of(version), version.state() == VersionState.READY);
        }
    }

    /// As [#find], for what need not serve. Of an alias that is who answers or, if nobody does, where it
    /// points.
    ///
    /// @throws ServingException if that is not there
    public Known known(String address, String version) {
        @Nullable Target arm = version.isEmpty() ? catalog.routed(address) : null;
        return arm == null ? knownModel(address, version) : knownModel(arm.address(), arm.versionText());
    }

    private Known knownModel(String address, String version) {
        @Nullable ModelStatus named = catalog.model(address);
        if (named != null && version.isEmpty()) {
            if (named.versions().isEmpty()) {
                throw noVersions(named);
            }
            return new Known(named.versions().reversed(), named.standard() != null);
        }
        if (named != null) {
            return Known.of(existing(named, VersionText.parse(address, version)));
        }
        Aliased aliased = aliased(address, version);
        @Nullable VersionStatus behind = aliased.target().pick(aliased.model()::ready);
        return Known.of(
                behind == null ? existing(aliased.model(), aliased.target().version()) : behind);
    }

    /// Whether a request to that would be taken; what is not known is not ready.
    ///
    /// @throws ServingException if the version is no number
    public boolean ready(String address, String version) {
        if (!version.isEmpty()) {
            VersionText.parse(address, version);
        }
        try {
            find(address, version);
            return true;
        } catch (ServingException e) {
            if (e.code() == ErrorCode.INVALID_ARGUMENT) {
                throw e;
            }
            return false;
        }
    }

    private static VersionStatus exactly(ModelStatus model, long number) {
        VersionStatus status = existing(model, number);
        if (status.state() != VersionState.READY) {
            throw notReady(model.name(), number);
        }
        return status;
    }

    private static VersionStatus existing(ModelStatus model, long number) {
        @Nullable VersionStatus status = model.version(number);
        if (status == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND,
                    "Request for unknown model: '%s' version %d is not found".formatted(model.name(), number));
        }
        return status;
    }

    private static VersionStatus standard(ModelStatus model) {
        @Nullable VersionStatus standard = model.standard();
        if (standard == null) {
            throw noVersions(model);
        }
        return standard;
    }

    private static ServingException noVersions(ModelStatus model) {
        return new ServingException(
                model.versions().isEmpty() ? ErrorCode.NOT_FOUND : ErrorCode.NOT_READY,
                "Request for unknown model: '" + model.name() + "' has no available versions");
    }

    /// What callers of a version must send. One that was never loaded, as nobody asked for it yet, is loaded
    /// now, and who asks again is told.
    ///
    /// @throws ServingException if it was not loaded yet
    public Signature signature(ModelStatus model, VersionStatus version) {
        @Nullable Signature signature = version.signature();
        if (signature == null) {
            catalog.wake(model.name(), version.version());
            throw notReady(model.name(), version.version());
        }
        return signature;
    }

    /// The effective configuration of a version; the same holds.
    ///
    /// @throws ServingException if it was not loaded yet
    public ModelConfig config(ModelStatus model, VersionStatus version) {
        @Nullable ModelConfig config = version.config();
        if (config == null) {
            catalog.wake(model.name(), version.version());
            throw notReady(model.name(), version.version());
        }
        return config;
    }

    public static ServingException notReady(String model, long version) {
        return new ServingException(
                ErrorCode.NOT_READY,
                "Request for unknown model: '%s' version %d is not at ready state".formatted(model, version));
    }
}
