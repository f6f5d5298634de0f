package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.model;
import static dev.penstock.server.store.StoreFixtures.pointing;
import static dev.penstock.server.store.StoreFixtures.version;
import static dev.penstock.server.store.StoreFixtures.with;
import static dev.penstock.server.store.StoreFixtures.without;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/// A process that changes a record, says so after each change, and goes on until it is killed.
final class CrashWriter {
    private CrashWriter() {}

    /// @param args the seed, and the file, or the URL, the user and the password
    public static void main(String[] args) {
        Random random = new Random(Long.parseLong(args[0]));
        StoreSettings settings = args.length == 2
                ? new StoreSettings.Sqlite(Path.of(args[1]))
                : new StoreSettings.Postgres(args[1], args[2], args[3]);
        try (ModelStore store = StoreFixtures.open(settings)) {
            while (true) {
                long revision = change(store, "model-" + random.nextInt(3), random);
                // One write, so that a line is there as a whole or not at all.
                System.out.print(revision + "\n");
                System.out.flush();
            }
        }
    }

    /// Registers, promotes, rolls back, deletes a version or the model.
    private static long change(ModelStore store, String name, Random random) {
        Optional<ModelRecord> found = store.model(name);
        if (found.isEmpty()) {
            return store.put(model(name, registered(name, 1)), act("register")).revision();
        }
        ModelRecord model = found.get();
        long newest = model.versions().isEmpty() ? 0 : model.versions().lastKey();
        return switch (random.nextInt(8)) {
            case 0 -> {
                store.delete(name, model.revision(), act("delete"));
                yield store.audit("", Long.MAX_VALUE, 1).getFirst().id();
            }
            case 1 -> store.put(without(model, newest), act("delete")).revision();
            case 2, 3 -> {
                AliasRecord stable = model.aliases().get("stable");
                long back = stable == null ? newest : stable.previous();
                yield store.put(pointing(model, "stable", back, newest), act("rollback"))
                        .revision();
            }
            case 4, 5 ->
                store.put(pointing(model, "stable", newest, newest - 1), act("promote"))
                        .revision();
            default -> {
                VersionRecord next = registered(name, newest + 1);
                yield store.put(with(model, next), act("register")).revision();
            }
        };
    }

    /// A number always has the same bytes, also when it comes back.
    private static VersionRecord registered(String name, long number) {
        return version(number, name + "-" + number);
    }
}
