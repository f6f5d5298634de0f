package dev.penstock.server.store;

import static java.util.Objects.requireNonNull;

import dev.penstock.server.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/// Backups are SQLite files with the record's tables, of whichever back end; so each can be restored into each,
/// and a record in a SQLite file is a backup of itself.
final class Backups {
    private Backups() {}

    /// Runs what reads the record as of one moment.
    interface Reading {
        boolean run(Database.Work<Boolean> work) throws SQLException;
    }

    /// The file is there, durable and complete, or not there at all.
    static void write(Path file, Reading record) {
        Path target = file.toAbsolutePath();
        // Another may be writing to the same name: who is first has it.
        Path part = target.resolveSibling("%s.%s.part".formatted(target.getFileName(), UUID.randomUUID()));
        try {
            if (Files.exists(target)) {
                throw new FileAlreadyExistsException(file.toString());
            }
            fill(record, part);
            DurableFile.force(part, StandardOpenOption.WRITE);
            Files.move(part, target);
            DurableFile.force(requireNonNull(target.getParent()), StandardOpenOption.READ);
        } catch (FileAlreadyExistsException e) {
            throw new StoreException(Reason.REFUSED, file + " is there already (expected: a new file)", e);
        } catch (IOException e) {
            throw new StoreException(Reason.UNAVAILABLE, "%s cannot be written: %s".formatted(file, e), e);
        } catch (SQLException e) {
            throw SqlFailures.of(file.toString(), e);
        } finally {
            delete(part);
        }
    }

    private static void fill(Reading record, Path part) throws SQLException {
        SQLiteDataSource source = SqliteFiles.source(part, JournalMode.DELETE, TransactionMode.IMMEDIATE);
        SqliteFiles.bringUp(part, source);
        try (Connection to = source.getConnection()) {
            to.setAutoCommit(false);
            boolean copied = record.run(from -> {
                RecordCopy.copy(from, to);
                return true;
            });
            if (copied) {
                to.commit();
            }
        }
    }

    /// Makes room for a restore in its transaction.
    interface Clearing {
        /// @return what is noted after what is restored
        List<AuditEntry> clear(Connection to) throws SQLException;
    }

    /// @return how many models there are then
    /// @throws StoreException with `UNREADABLE` if the file is no backup, is damaged, not all or of a newer
    ///     release; with `REFUSED` if there is anything in the database that was not cleared
    static int restore(Database database, Clearing clearing, Path backup, Act act) {
        try {
            if (!Files.isRegularFile(backup) || Files.size(backup) == 0) {
                throw new StoreException(Reason.UNREADABLE, backup + " is no backup (expected: a file)");
            }
            SqliteFiles.checkHeader(backup);
            checkWhole(backup);
            Path copy = Files.createTempFile("penstock-restore", ".db");
            try {
                // A backup stays as it is, also where it has to be brought to this release's schema.
                Files.copy(backup, copy, StandardCopyOption.REPLACE_EXISTING);
                return restoreCopy(database, clearing, copy, backup, act);
            } finally {
                delete(copy);
            }
        } catch (IOException e) {
            throw new StoreException(Reason.UNAVAILABLE, "%s cannot be read: %s".formatted(backup, e), e);
        } catch (SQLException e) {
            throw SqlFailures.of(backup.toString(), e);
        }
    }

    /// What a server was killed over, or is still writing, is partly in a second file.
    private static void checkWhole(Path backup) throws IOException {
        for (String suffix : List.of("-wal", "-journal")) {
            Path second = backup.resolveSibling(backup.getFileName() + suffix);
            if (Files.exists(second) && Files.size(second) > 0) {
                throw new StoreException(
                        Reason.UNREADABLE,
                        "%s is not all: its last changes are in %s (expected: one whole file; penstock record backup makes one of both)"
                                .formatted(backup, second.getFileName()));
            }
        }
    }

    private static int restoreCopy(Database database, Clearing clearing, Path copy, Path backup, Act act)
            throws SQLException {
        SQLiteDataSource source = SqliteFiles.source(copy, JournalMode.DELETE, TransactionMode.DEFERRED);
        try (Connection from = source.getConnection()) {
            SqliteFiles.checkPages(backup, from);
            if (SqliteFiles.installed(backup, from) == 0) {
                throw new StoreException(Reason.UNREADABLE, backup + " is no backup: it is empty");
            }
        }
        SqliteFiles.bringUp(copy, source);
        try (Connection from = source.getConnection()) {
            from.setAutoCommit(false);
            return database.writeLong(to -> {
                long before = RecordHistory.revision(to);
                List<AuditEntry> notes = clearing.clear(to);
                RecordCopy.copy(from, to);
                // Whoever knows the revision before sees that there is another now.
                int _ = Sql.update(
                        to, "UPDATE store_state SET revision = ? WHERE id = 1 AND revision < ?", before, before);
                RecordWriter writer = new RecordWriter(to);
                for (AuditEntry note : notes) {
                    writer.note(note.model(), note.act());
                }
                long revision = writer.nextRevision();
                if (before > 0) {
                    // Else what somebody knows of a model from before would count as newer.
                    int _ = Sql.update(to, "UPDATE models SET revision = ?", revision);
                    int _ = Sql.update(to, "UPDATE routes SET revision = ?", revision);
                    int _ = Sql.update(to, "UPDATE rollouts SET revision = ?", revision);
                }
                // Baselines are also of records without a history.
                int _ = Sql.update(to, "UPDATE baseline_sets SET revision = ?", revision);
                int models = RecordReader.models(to).size();
                String detail = "%d models from %s%s".formatted(models, backup.getFileName(), act.detail());
                writer.log(new AuditEntry(revision, "", new Act(act.who(), "restore", detail, act.at()), "", ""));
                database.announce(to, revision);
                return models;
            });
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // What is left of it is in nobody's way.
        }
    }
}
