package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.MemoryStatus;
import dev.penstock.server.memory.Footprint;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Has versions serve that are in memory only when they are asked for: puts them to sleep, wakes them, and
/// takes them out again for others. Confined to the loader thread, but for [#roomMayBe] and [#stop].
final class OnDemandServing {
    private final ServingTable table;
    private final Departures departures;
    private final ServingSurroundings around;
    private final Evictions evictions;
    private final VersionMemory memory;
    private final OnDemandVersions versions;
    private final KeptSignatures signatures;

    /// @param loading how one is brought into memory
    OnDemandServing(
            ServingTable table, Departures departures, ServingSurroundings around, OnDemandVersions.Loading loading) {
        this.table = table;
        this.departures = departures;
        this.around = around;
        MemoryParts parts = around.memory();
        this.evictions = new Evictions(table, parts.counts(), this::asleep, this::stayed);
        this.memory = new VersionMemory(parts.ledger(), evictions::evict, around.clock());
        this.versions = new OnDemandVersions(table, around, memory, loading);
        this.signatures = KeptSignatures.in(parts.rules().signatures(), InstantSource.system());
    }

    /// Where versions get their room.
    VersionMemory memory() {
        return memory;
    }

    /// Somebody may leave now, or has left. Any thread.
    void roomMayBe() {
        versions.roomMayBe();
    }

    /// Loads none of them from here on. Any thread.
    void stop() {
        versions.stop();
    }

    /// Has a version serve that is loaded when it is asked for, in the place of what served under its number.
    ///
    /// @param known what callers must send, if that is known since this process loaded it
    void putToSleep(ModelKey key, ModelFolder folder, ModelSettings settings, @Nullable Signature known) {
        Signature signature = known == null ? signatures.find(folder, settings, key.version()) : known;
        VersionEntry.@Nullable Serving before = table.entry(key.name()).serving(key.version());
        departures.keep(key);
        SleepingVersion sleeping = new SleepingVersion(key.version(), folder, settings, signature, versions);
        around.gone().opened(key, 0);
        Footprint expected = memory.expected(folder, settings, key.version());
        table.put(
                key.name(),
                VersionEntry.asleep(
                        key.version(),
                        new VersionEntry.Serving(null, sleeping, settings, folder),
                        signature,
                        signature == null ? null : EffectiveConfig.of(key.name(), settings, signature),
                        new MemoryStatus(expected.predictedBytes(), expected.measuredBytes(), false, true)));
        if (before != null && before.version() != null) {
            before.version().retire();
        }
        around.watch().phase(key, LifecyclePhase.READY, "on demand: it is loaded when it is asked for");
    }

    /// The same for one that was opened to see whether it can be, which then leaves memory.
    void putToSleep(VersionLaunch.Held held, ModelFolder folder) {
        try {
            putToSleep(held.key(), folder, held.settings(), held.version().signature());
        } finally {
            held.letGo();
        }
    }

    /// A version was loaded that may be on demand.
    void loaded(VersionLaunch.Held held) {
        if (held.version().isOnDemand()) {
            signatures.keep(
                    held.folder(),
                    held.settings(),
                    held.key().version(),
                    held.loaded().model().signature());
        }
    }

    /// A version serves that may be on demand.
    void awake(VersionLaunch.Held held) {
        if (held.version().isOnDemand()) {
            evictions.add(held);
        }
    }

    /// A version serves as its settings say now: others may have its room, or may not any more.
    void follow(LoadedVersion version, ModelSettings settings) {
        version.serves(settings.residence().pinned());
        roomMayBe();
    }

    private void stayed() {
        versions.stayed();
    }

    /// What a version is when it has left memory: as it would be loaded now.
    private SleepingVersion asleep(LoadedVersion version, VersionEntry.Serving serving) {
        return new SleepingVersion(
                version.key().version(), serving.folder(), serving.settings(), version.signature(), versions);
    }
}
