package dev.penstock.server.store;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.tukaani.xz.XZInputStream;

/// Unpacks what `tar` packed: files, folders and links; enough for the archives of PostgreSQL.
final class TarFile {
    private static final int BLOCK = 512;

    private TarFile() {}

    static void unpack(InputStream xz, Path folder) throws IOException {
        try (DataInputStream tar = new DataInputStream(new XZInputStream(xz))) {
            byte[] header = new byte[BLOCK];
            while (true) {
                try {
                    tar.readFully(header);
                } catch (EOFException _) {
                    return;
                }
                if (header[0] == 0) {
                    return;
                }
                entry(tar, header, folder);
            }
        }
    }

    private static void entry(DataInputStream tar, byte[] header, Path folder) throws IOException {
        Path path = folder.resolve(text(header, 0, 100)).normalize();
        if (!path.startsWith(folder)) {
            throw new IOException("outside of its folder: " + path);
        }
        long bytes = Long.parseLong(text(header, 124, 12).strip(), 8);
        Files.createDirectories(path.getParent());
        switch (header[156]) {
            case '5' -> Files.createDirectories(path);
            case '2' -> Files.createSymbolicLink(path, Path.of(text(header, 157, 100)));
            case '0', 0 ->
                file(tar, path, bytes, (Integer.parseInt(text(header, 100, 8).strip(), 8) & 0100) != 0);
            default -> throw new IOException("entry type " + (char) header[156]);
        }
    }

    private static void file(DataInputStream tar, Path path, long bytes, boolean executable) throws IOException {
        Files.write(path, tar.readNBytes(Math.toIntExact(bytes)));
        tar.skipNBytes((BLOCK - bytes % BLOCK) % BLOCK);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }

    private static String text(byte[] header, int at, int length) {
        int end = at;
        while (end < at + length && header[end] != 0) {
            end++;
        }
        return new String(header, at, end - at, StandardCharsets.UTF_8);
    }
}
