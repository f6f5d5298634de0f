package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// Opens the record, and does with it what is not a server's daily work. Blocks; throws [StoreException].
public final class Stores {
    private Stores() {}

    /// A record's schema.
    ///
    /// @param found the version that it has, or had before; 0 if there is no record yet
    /// @param newest the version that this release writes
    public record Schema(int found, int newest) {}

    /// Opens the record, makes one if there is none, and brings an old one to this release's schema.
    ///
    /// @throws StoreException with `UNAVAILABLE` if it cannot be reached, or a file is in use by another
    ///     server; with `UNREADABLE` if it is of a newer release or of another program
    public static ModelStore open(StoreSettings settings) {
        return new DatabaseStore(database(settings, PostgresPatience.USUAL));
    }

    static Database database(StoreSettings settings, PostgresPatience patience) {
        return switch (settings) {
            case StoreSettings.Sqlite sqlite -> SqliteDatabase.open(sqlite.file());
            case StoreSettings.Postgres postgres -> PostgresDatabase.open(postgres, patience);
        };
    }

    /// Says which schema the record has, and changes nothing. A newer one than this release's is told, too.
    public static Schema schema(StoreSettings settings) {
        return new Schema(RecordVisit.schema(settings), Migrations.NEWEST);
    }

    /// Says what there is in the record, and changes nothing.
    ///
    /// @throws StoreException with `UNREADABLE` if there is none, or one of another schema than this
    ///     release's
    public static RecordContents contents(StoreSettings settings) {
        return RecordVisit.read(settings, RecordContents::of);
    }

    /// Says who has the record open, in words, as far as that can be known: the process that has the file, or
    /// the machines that have connections to the database.
    public static List<String> users(StoreSettings settings) {
        return RecordUsers.of(settings);
    }

    /// Brings the record to this release's schema, as [#open] does, too.
    public static Schema upgrade(StoreSettings settings) {
        Schema before = schema(settings);
        open(settings).close();
        return before;
    }

    /// Writes a consistent copy of everything to one file that does not exist yet, while servers go on with it.
    ///
    /// @return what is in the copy
    /// @throws StoreException with `REFUSED` if the file is there, with `UNREADABLE` as [#contents]
    public static RecordContents backUp(StoreSettings settings, Path file) {
        Backups.write(file, work -> RecordVisit.read(settings, work));
        return contents(new StoreSettings.Sqlite(file));
    }

    /// Puts a backup, of whichever back end, into a record without any history, and adds an entry to its audit
    /// log. What was noted there meanwhile comes before that entry.
    ///
    /// @return how many models there are then
    /// @throws StoreException with `REFUSED` if there is anything in the record or it has an older schema,
    ///     with `UNREADABLE` if the file is no backup; nothing is changed then
    public static int restore(StoreSettings settings, Path backup, String who, Instant at) {
        checkUpgraded(settings);
        try (Database database = database(settings, PostgresPatience.USUAL)) {
            return Backups.restore(
                    database, to -> RecordHistory.takeNotes(database, to), backup, new Act(who, "", "", at));
        }
    }

    /// Puts a backup in the place of what is in the record, which is backed up first. Both is done, or the
    /// record is as it was.
    ///
    /// @param kept gets what was in the record; does not exist yet
    /// @return how many models there are then
    /// @throws StoreException with `UNAVAILABLE` if somebody has the record open, with `UNREADABLE` if the
    ///     file is no backup, with `REFUSED` if the record has an older schema
    public static int replace(StoreSettings settings, Path backup, Path kept, String who, Instant at) {
        checkUpgraded(settings);
        List<String> users = users(settings);
        if (!users.isEmpty()) {
            throw new StoreException(
                    Reason.UNAVAILABLE,
                    "%s is in use by %s (expected: by nobody; stop the servers first)"
                            .formatted(settings, String.join(", ", users)));
        }
        try (Database database = database(settings, PostgresPatience.USUAL)) {
            Backups.write(kept, database::readLong);
            long revision = contents(new StoreSettings.Sqlite(kept)).revision();
            Act act = new Act(who, "", ", in the place of what is kept in " + kept.getFileName(), at);
            return Backups.restore(
                    database,
                    to -> {
                        RecordHistory.clear(database, to, revision);
                        return List.of();
                    },
                    backup,
                    act);
        }
    }

    /// To open it would upgrade it, from which there is no way back, before it is seen whether anything can be
    /// done.
    private static void checkUpgraded(StoreSettings settings) {
        Schema schema = schema(settings);
        if (schema.found() > 0 && schema.found() < schema.newest()) {
            throw new StoreException(
                    Reason.REFUSED,
                    "%s has schema %d (expected: %d, or no record; upgrade it first: penstock record upgrade)"
                            .formatted(settings, schema.found(), schema.newest()));
        }
    }

    /// Opens the files that servers with this record share; brings it to this release's schema, too.
    public static SharedFiles sharedFiles(StoreSettings.Postgres settings) {
        return new PostgresFiles(database(settings, PostgresPatience.USUAL));
    }
}
