package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// What differs between a model as it is recorded and as it is to be. Pure.
///
/// @param added versions that are new
/// @param judged versions whose wish to serve, judge or gate results differ
/// @param removed numbers of versions that are to go
/// @param moved aliases that are new or differ
/// @param dropped names of aliases that are to go
record RecordChange(
        List<VersionRecord> added,
        List<VersionRecord> judged,
        List<Long> removed,
        List<AliasRecord> moved,
        List<String> dropped) {

    /// @param before what is recorded now, if anything
    /// @throws StoreException with `STALE` if `next` does not come from `before`, with `REFUSED` if it changes
    ///     what must not change
    static RecordChange between(Optional<ModelRecord> before, ModelRecord next) {
        checkCurrent(before, next.name(), next.revision());
        ModelRecord old =
                before.orElseGet(() -> new ModelRecord(next.name(), 0, "", "", new TreeMap<>(), new TreeMap<>()));
        List<VersionRecord> added = new ArrayList<>();
        List<VersionRecord> judged = new ArrayList<>();
        next.versions().forEach((number, version) -> {
            checkVersion(next.name(), number, version);
            VersionRecord known = old.versions().get(number);
            if (known == null) {
                added.add(version);
            } else if (!known.equals(version)) {
                checkSameMake(next.name(), known, version);
                judged.add(version);
            }
        });
        return new RecordChange(
                added,
                judged,
                filter(old.versions().keySet(), number -> !next.versions().containsKey(number)),
                filter(
                        next.aliases().values(),
                        alias -> !alias.equals(old.aliases().get(alias.name()))),
                filter(old.aliases().keySet(), name -> !next.aliases().containsKey(name)));
    }

    static void checkCurrent(Optional<ModelRecord> before, String name, long revision) {
        long current = before.map(ModelRecord::revision).orElse(0L);
        if (current != revision) {
            throw new StoreException(
                    Reason.STALE,
                    "model '%s': somebody else changed it meanwhile (revision %d, expected: %d)"
                            .formatted(name, current, revision));
        }
    }

    private static void checkVersion(String model, long number, VersionRecord version) {
        List<String> paths = version.files().stream().map(StoredFile::path).toList();
        boolean sorted = paths.stream().sorted().distinct().toList().equals(paths);
        if (number != version.number() || number <= 0 || paths.isEmpty() || !sorted) {
            throw new StoreException(
                    Reason.REFUSED,
                    "model '%s', version %d: number %d, files %s (expected: a positive number; files, sorted by path)"
                            .formatted(model, number, version.number(), paths));
        }
    }

    private static void checkSameMake(String model, VersionRecord known, VersionRecord version) {
        VersionRecord same =
                known.with(version.wanted(), version.judge(), version.gates()).with(version.intent());
        if (!same.equals(version)) {
            throw new StoreException(
                    Reason.REFUSED,
                    "model '%s', version %d: its files (digest %s) and how it was registered never change; digest given: %s"
                            .formatted(model, known.number(), known.digest(), version.digest()));
        }
    }

    private static <T> List<T> filter(Iterable<T> all, Predicate<T> wanted) {
        List<T> some = new ArrayList<>();
        all.forEach(one -> {
            if (wanted.test(one)) {
                some.add(one);
            }
        });
        return some;
    }
}
