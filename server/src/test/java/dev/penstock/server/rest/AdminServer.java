package dev.penstock.server.rest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// The admin port on a free port of this machine, in front of models that are registered in memory.
public final class AdminServer implements AutoCloseable {
    static final int MAX_UPLOAD = 32 << 20;

    private final FolderFiles files;
    private final MemoryAdmin admin;
    private final EventLoops loops = EventLoops.start(1);
    private final HttpListener listener;

    public AdminServer(Path folder) {
        this(folder, HttpLimits.SMALL);
    }

    AdminServer(Path folder, HttpLimits limits) {
        this.files = new FolderFiles(folder);
        this.admin = new MemoryAdmin(files);
        try {
            AdminRoutes routes = new AdminRoutes(admin, admin, files, MAX_UPLOAD, "models.max-upload-bytes");
            this.listener = HttpListener.start(loops, "127.0.0.1", 0, limits, routes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public FolderFiles files() {
        return files;
    }

    public MemoryAdmin admin() {
        return admin;
    }

    int port() {
        return listener.port();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public void close() {
        listener.close();
        loops.close();
        files.close();
    }
}
