package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;

/// Files in the database, in pieces, so that no more than one piece is ever in memory.
final class PostgresFiles implements SharedFiles {
    private static final int PIECE_BYTES = 1 << 20;

    private final Database database;

    PostgresFiles(Database database) {
        this.database = database;
    }

    @Override
    public void put(StoredFile file, Path content) {
        boolean _ = database.writeLong(connection -> {
            int added = Sql.update(
                    connection,
                    "INSERT INTO shared_files (sha256, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    file.sha256(),
                    file.bytes());
            if (added == 1) {
                write(connection, file, content);
            } else {
                // It is wanted anew, so a sweep must not take it now.
                Sql.updateOne(connection, "UPDATE shared_files SET added = now() WHERE sha256 = ?", file.sha256());
            }
            return true;
        });
    }

    private static void write(Connection connection, StoredFile file, Path content) throws SQLException {
        MessageDigest hash = Digests.sha256();
        try (InputStream bytes = Files.newInputStream(content)) {
            long position = 0;
            for (byte[] piece = bytes.readNBytes(PIECE_BYTES);
                    piece.length > 0;
                    piece = bytes.readNBytes(PIECE_BYTES)) {
                hash.update(piece);
                Sql.updateOne(
                        connection,
                        "INSERT INTO shared_file_pieces (sha256, position, content) VALUES (?, ?, ?)",
                        file.sha256(),
                        position++,
                        piece);
            }
        } catch (IOException e) {
            throw new StoreException(Reason.UNAVAILABLE, "%s cannot be read: %s".formatted(content, e), e);
        }
        check(hash, file, Reason.REFUSED, content.toString());
    }

    @Override
    public boolean fetch(StoredFile file, Path target) {
        return database.readLong(connection -> {
            long copies = Sql.number(connection, "SELECT count(*) FROM shared_files WHERE sha256 = ?", file.sha256());
            if (copies == 0) {
                return false;
            }
            read(connection, file, target);
            return true;
        });
    }

    private static void read(Connection connection, StoredFile file, Path target) throws SQLException {
        boolean complete = false;
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            try {
                MessageDigest hash = Digests.sha256();
                for (long position = 0; ; position++) {
                    List<byte[]> piece = Sql.query(
                            connection,
                            "SELECT content FROM shared_file_pieces WHERE sha256 = ? AND position = ?",
                            row -> row.getBytes(1),
                            file.sha256(),
                            position);
                    if (piece.isEmpty()) {
                        break;
                    }
                    hash.update(piece.getFirst());
                    writeAll(channel, ByteBuffer.wrap(piece.getFirst()));
                }
                check(hash, file, Reason.UNREADABLE, "the shared copy");
                channel.force(true);
                complete = true;
            } finally {
                if (!complete) {
                    Files.deleteIfExists(target);
                }
            }
        } catch (IOException e) {
            throw new StoreException(Reason.UNAVAILABLE, "%s cannot be written: %s".formatted(target, e), e);
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void check(MessageDigest hash, StoredFile file, Reason reason, String what) {
        String found = HexFormat.of().formatHex(hash.digest());
        if (!found.equals(file.sha256())) {
            throw new StoreException(
                    reason,
                    "%s of '%s' has sha256 %s (expected: %s)".formatted(what, file.path(), found, file.sha256()));
        }
    }

    @Override
    public int sweep() {
        return database.writeLong(connection -> Sql.update(connection, """
                DELETE FROM shared_files WHERE added < now() - INTERVAL '1 day'
                AND sha256 NOT IN (SELECT sha256 FROM version_files)"""));
    }

    @Override
    public void close() {
        database.close();
    }
}
