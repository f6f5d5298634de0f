package dev.penstock.server.admin;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is known of one model: how it is on this server, and what is recorded of it; one of the two at least.
///
/// @param status null if this server has nothing of it
/// @param model null if nothing is recorded of it
public record ModelPage(
        String name, @Nullable ModelStatus status, @Nullable ModelRecord model) {
    /// @throws ServingException if nothing is known of it
    public static ModelPage of(String name, @Nullable ModelStatus status, @Nullable ModelRecord model) {
        if (status == null && model == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, "Request for unknown model: '" + name + "' is not found");
        }
        return new ModelPage(name, status, model);
    }

    /// As of now. Blocks.
    ///
    /// @param admin null where nothing is recorded
    /// @throws ServingException if nothing is known of it
    public static ModelPage find(String name, Catalog catalog, @Nullable ModelAdmin admin) {
        return of(name, catalog.model(name), admin == null ? null : recorded(name, admin));
    }

    private static @Nullable ModelRecord recorded(String name, ModelAdmin admin) {
        try {
            return admin.registered(name);
        } catch (ServingException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /// All that either has, by name.
    public static List<ModelPage> all(List<ModelStatus> statuses, List<ModelRecord> models) {
        Map<String, ModelPage> pages = new TreeMap<>();
        for (ModelStatus status : statuses) {
            pages.put(status.name(), new ModelPage(status.name(), status, null));
        }
        for (ModelRecord model : models) {
            ModelPage known = pages.get(model.name());
            pages.put(model.name(), new ModelPage(model.name(), known == null ? null : known.status(), model));
        }
        return List.copyOf(pages.values());
    }

    public List<String> warnings() {
        return status == null ? List.of() : status.warnings();
    }

    /// Of its versions, those recorded and those here.
    public SortedSet<Long> numbers() {
        SortedSet<Long> numbers = new TreeSet<>(recorded().keySet());
        if (status != null) {
            status.versions().forEach(version -> numbers.add(version.version()));
        }
        return numbers;
    }

    /// How a version is on this server, or null if it has nothing of it.
    public @Nullable VersionStatus version(long number) {
        return status == null ? null : status.version(number);
    }

    /// What is recorded of versions.
    public Map<Long, VersionRecord> recorded() {
        return model == null ? Map.of() : model.versions();
    }

    /// Where requests for the alias go on this server: where it points if that is ready, else where it pointed
    /// before.
    ///
    /// @return 0 if it goes nowhere
    public static long effective(@Nullable ModelStatus model, AliasRecord alias) {
        if (isReady(model, alias.version())) {
            return alias.version();
        }
        return isReady(model, alias.previous()) ? alias.previous() : 0;
    }

    private static boolean isReady(@Nullable ModelStatus model, long number) {
        return model != null && model.ready(number) != null;
    }
}
