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
import java.time.Instant;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/// Backups are SQLite files with the record's tables, of whichever back end; so each can be restored into each,
/// and a record in a SQLite file is a backup of itself.
final class Backups {
    private Backups() {}

    /// The file is there, durable and complete, or not there at all.
    static void write(Database database, Path file) {
        Path target = file.toAbsolutePath();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            if (Files.exists(target)) {
                throw new FileAlreadyExistsException(file.toString());
            }
            Files.deleteIfExists(part);
            fill(database, part);
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

    private static void fill(Database database, Path part) throws SQLException {
        SQLiteDataSource source = SqliteFiles.source(part, JournalMode.DELETE, TransactionMode.IMMEDIATE);
        SqliteFiles.bringUp(part, source);
        try (Connection to = source.getConnection()) {
            to.setAutoCommit(false);
            database.readLong(from -> {
                RecordCopy.copy(from, to);
                return true;
            });
            to.commit();
        }
    }

    /// @return how many models there are then
    /// @throws StoreException with `UNREADABLE` if the file is no backup, is damaged or of a newer release;
    ///     with `REFUSED` if there is anything in the database
    static int restore(Database database, Path backup, String who, Instant at) {
        try {
            if (!Files.isRegularFile(backup) || Files.size(backup) == 0) {
                throw new StoreException(Reason.UNREADABLE, backup + " is no backup (expected: a file)");
            }
            SqliteFiles.checkHeader(backup);
            Path copy = Files.createTempFile("penstock-restore", ".db");
            try {
                // A backup stays as it is, also where it has to be brought to this release's schema.
                Files.copy(backup, copy, StandardCopyOption.REPLACE_EXISTING);
                return restoreCopy(database, copy, backup, who, at);
            } finally {
                delete(copy);
            }
        } catch (IOException e) {
            throw new StoreException(Reason.UNAVAILABLE, "%s cannot be read: %s".formatted(backup, e), e);
        } catch (SQLException e) {
            throw SqlFailures.of(backup.toString(), e);
        }
    }

    private static int restoreCopy(Database database, Path copy, Path backup, String who, Instant at)
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
                RecordCopy.copy(from, to);
                RecordWriter writer = new RecordWriter(to);
                long revision = writer.nextRevision();
                int models = RecordReader.models(to).size();
                Act act = new Act(who, "restore", "%d models from %s".formatted(models, backup.getFileName()), at);
                writer.log(new AuditEntry(revision, "", act, "", ""));
                database.announce(to, revision);
                return models;
            });
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // What is left of it is overwritten next time, or in the folder for what is temporary.
        }
    }
}
