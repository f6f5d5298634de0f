package dev.penstock.server;

import dev.penstock.core.NanoClock;
import dev.penstock.core.Signature;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.gate.Candidate;
import dev.penstock.server.gate.Gates;
import dev.penstock.server.registry.RecordParts;
import dev.penstock.server.registry.Replica;
import dev.penstock.server.registry.StoredUploads;
import dev.penstock.server.registry.UploadSharing;
import dev.penstock.server.registry.VersionGates;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.Signatures;
import dev.penstock.server.source.disk.DiskModelFiles;
import dev.penstock.server.source.disk.SealingKey;
import dev.penstock.server.source.fetch.AnySources;
import dev.penstock.server.source.fetch.SourceSettings;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.LastRead;
import dev.penstock.server.store.ServerId;
import dev.penstock.server.store.StoreException;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts together what registered models need.
final class RecordAssembly {
    /// Of what files may have, parts of broken downloads may have as much again as this part of it.
    private static final int PARTS_SHARE = 4;

    private RecordAssembly() {}

    /// @param lifecycle closes the files, which are to be open longer than the registry
    /// @param environment has the credentials of the database
    /// @return null if there is no data folder, and so no registered models
    /// @throws ConfigException if the data folder cannot be used, or a setting cannot be followed
    static @Nullable RecordParts of(
            ServerConfig.Registered config, Lifecycle lifecycle, Map<String, String> environment, NanoClock clock) {
        if (config.dataDir().isEmpty()) {
            if (!config.storeUrl().isEmpty()) {
                throw new ConfigException(
                        List.of("store.url: %s (expected: none without data-dir, where the models' files are kept)"
                                .formatted(config.storeUrl())));
            }
            return null;
        }
        Path data = config.dataDir().get();
        InstantSource time = InstantSource.system();
        try {
            StoreSettings store = StoreSettings.of(config.storeUrl(), data.resolve("record.db"), environment);
            Signatures signatures = new Signatures(config.signingKeys(), config.signatureRequired());
            Gates gates = new Gates(config.webhookHosts(), clock);
            @Nullable SealingKey key = SealingKey.of(config.keyFile().orElse(null), environment);
            DiskModelFiles files = open(data, config, key, lifecycle, time);
            // What broken downloads leave would lie there in plain.
            Path parts = key == null ? data.resolve("parts") : null;
            AnySources sources = new AnySources(
                    files,
                    sources(config.sources()),
                    AnySources.Surroundings.system(parts, config.maxFileBytes() / PARTS_SHARE));
            return new RecordParts(
                    () -> Stores.open(store),
                    files,
                    sources,
                    key == null ? sharing(store, files, data, lifecycle) : sealedSharing(store),
                    gates(gates),
                    signatures::check,
                    time,
                    new Replica(ServerId.in(data), Replica.USUAL_PATIENCE, clock, lastRead(store, data)),
                    RecordParts.USUAL_RETRY);
        } catch (FetchException | StoreException | IllegalArgumentException e) {
            throw new ConfigException(List.of("data-dir: " + e.getMessage()));
        }
    }

    private static VersionGates gates(Gates gates) {
        return new VersionGates() {
            @Override
            public List<GateRecord> check(Candidate candidate, @Nullable Signature before) {
                return gates.check(candidate, before);
            }

            @Override
            public void stop() {
                gates.close();
            }
        };
    }

    private static LastRead lastRead(StoreSettings store, Path data) {
        return store instanceof StoreSettings.Postgres
                ? LastRead.in(data.resolve("record-last-read.json"), store.toString())
                : LastRead.NONE;
    }

    /// A record in a file is one server's.
    private static UploadSharing sharing(StoreSettings store, DiskModelFiles files, Path data, Lifecycle lifecycle) {
        return store instanceof StoreSettings.Postgres postgres
                ? lifecycle.own(new StoredUploads(() -> Stores.sharedFiles(postgres), files, data.resolve("incoming")))
                : UploadSharing.NONE;
    }

    private static UploadSharing sealedSharing(StoreSettings store) {
        return store instanceof StoreSettings.Postgres ? UploadSharing.SEALED : UploadSharing.NONE;
    }

    @SuppressWarnings("MustBeClosedChecker") // the life cycle does
    private static DiskModelFiles open(
            Path data,
            ServerConfig.Registered config,
            @Nullable SealingKey key,
            Lifecycle lifecycle,
            InstantSource time) {
        return lifecycle.own(DiskModelFiles.open(data, config.maxFileBytes(), key, time));
    }

    private static SourceSettings sources(ServerConfig.Sources config) {
        URI endpoint = config.s3Endpoint().isEmpty() ? null : URI.create(config.s3Endpoint());
        return new SourceSettings(
                config.allowedHosts(),
                config.allowedFolders(),
                SourceSettings.Limits.USUAL,
                config.headersFolder().orElse(null),
                new SourceSettings.S3(endpoint, config.s3Region(), config.s3PathStyle(), config.s3MachineCredentials()),
                config.mlflowUri().isEmpty() ? null : URI.create(config.mlflowUri()),
                SourceSettings.HUGGING_FACE,
                config.proxy());
    }
}
