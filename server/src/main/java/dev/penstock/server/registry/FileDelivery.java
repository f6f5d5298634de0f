package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.Background;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.RegisterOrder.Content;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchProgress;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.source.Sources;
import dev.penstock.server.source.net.Redacted;
import dev.penstock.server.store.Digests;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.StoreException;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Brings versions' files onto this machine's disk, and takes away what no version has. Thread-safe; blocks.
final class FileDelivery implements AutoCloseable {
    private static final String SIGNED =
            "; its URI is recorded without its signature, so it cannot be fetched again: the copy here stays";

    private static final System.Logger LOG = System.getLogger(FileDelivery.class.getName());

    private final ModelFiles files;
    private final Sources sources;
    private final UploadSharing sharing;
    private final KnownRecords known;
    private final LifecycleEvents events;
    private volatile boolean closed;

    FileDelivery(ModelFiles files, Sources sources, UploadSharing sharing, KnownRecords known, LifecycleEvents events) {
        this.files = files;
        this.sources = sources;
        this.sharing = sharing;
        this.known = known;
        this.events = events;
    }

    /// Whether its source can give it again: uploads have none, and signed URIs are recorded without their
    /// signature.
    static boolean canBeFetched(VersionRecord version) {
        return canBeFetched(version.source());
    }

    private static boolean canBeFetched(String source) {
        return !source.isEmpty() && !Redacted.isLacking(source);
    }

    /// What is to be registered; settled by the caller.
    ///
    /// @param version its number, or 0 if it has none yet
    /// @param gone whether nobody waits for it any more
    /// @throws ServingException if it cannot be had
    Fetched receive(String model, long version, Content content, BooleanSupplier gone) {
        try {
            Fetched fetched = switch (content) {
                case Content.Received(List<StoredFile> received) -> {
                    if (received.isEmpty() || !files.has(received)) {
                        throw new ServingException(
                                ErrorCode.NOT_FOUND,
                                "files %s are not here (expected: received before)".formatted(received));
                    }
                    yield new Fetched(received, "", Lineage.UNKNOWN);
                }
                case Content.Fetched(String uri, String sha256) ->
                    fetch(model, version, uri, sha256, () -> gone.getAsBoolean() ? "whoever asked for it is gone" : "");
            };
            String digest = "sha256 " + Digests.of(fetched.files());
            boolean signed = !fetched.source().isEmpty() && !canBeFetched(fetched.source());
            events.add(model, version, LifecyclePhase.VERIFYING, signed ? digest + SIGNED : digest);
            return fetched;
        } catch (FetchException e) {
            ServingException refusal = RecordRefusals.of(e);
            events.add(model, version, LifecyclePhase.FAILED, refusal.reason());
            throw refusal;
        }
    }

    /// What came of files that were received is recorded, or nobody wants them any more.
    void settle(List<StoredFile> received, boolean recorded) {
        files.settle(received);
        if (!recorded) {
            sweep();
        }
    }

    /// Has a version's files where other servers find them, before they hear of it.
    ///
    /// @throws ServingException if that cannot be
    void share(VersionRecord version) {
        if (canBeFetched(version)) {
            return;
        }
        try {
            sharing.share(version);
        } catch (FetchException e) {
            throw RecordRefusals.of(e);
        } catch (StoreException e) {
            throw RecordRefusals.of(e);
        }
    }

    /// @param unwanted why nobody wants it any more, or ""
    private Fetched fetch(String model, long version, String uri, String sha256, Supplier<String> unwanted) {
        events.add(model, version, LifecyclePhase.DOWNLOADING, "");
        DownloadSteps steps = new DownloadSteps((done, total) -> events.downloaded(
                model,
                version,
                total < 0 ? done + " bytes" : "%d of %d bytes".formatted(done, total),
                done,
                Math.max(total, 0)));
        FetchProgress progress = new FetchProgress() {
            @Override
            public void bytes(long done, long total) {
                steps.bytes(done, total);
            }

            @Override
            public String givenUp() {
                return closed ? "the server stops" : unwanted.get();
            }
        };
        return Background.call("model-fetch", () -> sources.fetch(uri, sha256, progress));
    }

    private String deleted(String model, long version) {
        ModelRecord record = known.get(model);
        return record != null && record.versions().containsKey(version) ? "" : "the version was deleted";
    }

    /// Whether something that is wanted of a model is not here.
    boolean lacks(ModelRecord model, SortedSet<Long> wanted) {
        try {
            return wanted.stream()
                    .anyMatch(number ->
                            !files.has(RecordEdits.version(model, number).files()));
        } catch (FetchException e) {
            // It is told by what then cannot be loaded.
            return true;
        }
    }

    /// Fetches what is wanted of a model and is not here. What cannot be had is told by events, and by what
    /// then cannot be loaded.
    void deliver(ModelRecord model, SortedSet<Long> wanted) {
        for (long number : wanted) {
            VersionRecord version = RecordEdits.version(model, number);
            try {
                if (!files.has(version.files())) {
                    again(model.name(), version);
                }
            } catch (FetchException | StoreException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "files of {0}/{1} cannot be had: {2}",
                        model.name(),
                        number,
                        e.getMessage());
                events.add(model.name(), number, LifecyclePhase.FAILED, String.valueOf(e.getMessage()));
            }
        }
    }

    private void again(String model, VersionRecord version) {
        if (!canBeFetched(version)) {
            if (sharing.fetch(version)) {
                events.add(model, version.number(), LifecyclePhase.VERIFYING, "sha256 " + version.digest());
            }
            return;
        }
        String sha256 = version.files().size() == 1 ? version.digest() : "";
        Fetched fetched =
                fetch(model, version.number(), version.source(), sha256, () -> deleted(model, version.number()));
        files.settle(fetched.files());
        Set<String> come = new HashSet<>();
        fetched.files().forEach(file -> come.add(file.sha256()));
        boolean same = version.files().stream().map(StoredFile::sha256).allMatch(come::contains);
        if (!same) {
            throw new FetchException(
                    FetchException.Reason.CORRUPT,
                    "%s has other bytes by now: sha256 %s (expected: %s)"
                            .formatted(version.source(), Digests.of(fetched.files()), version.digest()));
        }
        events.add(model, version.number(), LifecyclePhase.VERIFYING, "sha256 " + version.digest());
    }

    /// What is wrong with a version's files on this machine. What is damaged is dropped.
    List<String> problems(VersionRecord version) {
        return Background.call(
                "model-check",
                () -> version.files().stream()
                        .map(this::problem)
                        .filter(problem -> !problem.isEmpty())
                        .toList());
    }

    private String problem(StoredFile file) {
        try (ModelFiles.Folder _ = files.folder(List.of(file))) {
            return "";
        } catch (FetchException e) {
            return file.path() + ": " + e.getMessage();
        }
    }

    /// Drops what no version has any more.
    void sweep() {
        try {
            Background.run("model-sweep", files::sweep);
        } catch (FetchException e) {
            LOG.log(System.Logger.Level.WARNING, "files that no version has cannot be dropped: {0}", e.getMessage());
        }
    }

    /// The same of what is shared with other servers.
    void sweepShared() {
        try {
            sharing.sweep();
        } catch (FetchException | StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "copies that no version has cannot be dropped: {0}", e.getMessage());
        }
    }

    /// Gives up what is being fetched.
    @Override
    public void close() {
        closed = true;
    }
}
