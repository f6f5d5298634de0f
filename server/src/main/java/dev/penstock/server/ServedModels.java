package dev.penstock.server;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.LoadStats;
import dev.penstock.runtime.NativeHandles;
import dev.penstock.runtime.OnnxLoader;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.config.ByteSize;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.memory.MemoryBudget;
import dev.penstock.server.memory.ProcessMemory;
import dev.penstock.server.registry.MemoryRules;
import dev.penstock.server.registry.ModelRepository;
import dev.penstock.server.registry.RecordParts;
import dev.penstock.server.registry.Registry;
import dev.penstock.server.registry.RegistrySettings;
import dev.penstock.server.routing.PublishedRoutes;
import dev.penstock.server.routing.RouteAdmin;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The models that there are, with the record of those that are registered, and the routes to them. The
/// [Site]'s lifecycle owns what has an end.
///
/// @param handles the native objects of those that are loaded
/// @param recorded null on a server without a record
record ServedModels(
        NativeHandles handles,
        LoadStats loads,
        @Nullable RecordParts recorded,
        Registry registry,
        PublishedRoutes published,
        RouteAdmin routes) {
    /// Begins to load.
    ///
    /// @param path to which they are published
    /// @param around gives back what registered models need, perhaps with something around each part
    static ServedModels start(Site site, NativeHandles handles, RequestPath path, UnaryOperator<RecordParts> around) {
        ServerConfig config = site.config();
        LoadStats loads = new LoadStats();
        RecordParts parts = RecordAssembly.of(config.registered(), site.lifecycle(), System.getenv(), site.clock());
        RecordParts recorded = parts == null ? null : around.apply(parts);
        Registry registry = site.lifecycle()
                .own(Registry.start(
                        settings(config, path.batching().runners()),
                        path.batching().preparing(new OnnxLoader(handles)),
                        path.router()::publish,
                        path.caches(),
                        new CountedVersions(site.stats(), loads, path.caches(), path.feedback()),
                        site.clock(),
                        recorded));
        PublishedRoutes published = new PublishedRoutes(registry::reroute, path.arms());
        RouteAdmin routes = RouteAdmin.start(registry.routes(), registry, published);
        routes.copies(path.shadows()::counts);
        return new ServedModels(handles, loads, recorded, registry, published, routes);
    }

    private static RegistrySettings settings(ServerConfig config, int runners) {
        ServerConfig.Models models = config.models();
        return new RegistrySettings(
                ModelRepository.of(models.repositories()),
                models.controlMode(),
                Set.copyOf(models.load()),
                models.defaultDevice(),
                runners,
                models.strictReadiness(),
                models.pollEvery(),
                memoryRules(config));
    }

    private static MemoryRules memoryRules(ServerConfig config) {
        ServerConfig.Memory memory = config.work().memory();
        long budget = memory.budgetBytes() == ByteSize.AUTO ? MemoryBudget.ofThisMachine() : memory.budgetBytes();
        Path signatures = config.registered()
                .dataDir()
                .map(data -> data.resolve("signatures"))
                .orElse(null);
        return new MemoryRules(
                budget, memory.registeredOnDemand(), ProcessMemory.Meter.SYSTEM, signatures, memory.maxWait());
    }

    /// Its name among the servers that share a record; "" without one.
    String server() {
        return recorded == null ? "" : recorded.replica().id();
    }

    /// What changes registered models; null without a record.
    @Nullable
    ModelAdmin admin() {
        return recorded == null ? null : registry.admin();
    }

    /// Whether a version may be asked for, in memory or not.
    boolean serves(ModelKey key) {
        ModelStatus model = registry.model(key.name());
        return model != null
                && model.versions().stream()
                        .anyMatch(
                                version -> version.version() == key.version() && version.state() == VersionState.READY);
    }
}
