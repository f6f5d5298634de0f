package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.RegisterOrder.Content;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FilePaths;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads orders and files from bodies as they arrive; files go to the disk piece by piece. Thread-safe; blocks.
final class Receiving {
    /// What a model of one file is loaded from.
    static final String ONLY_FILE = "model.onnx";

    static final String SHA256 = "x-penstock-sha256";

    /// A configuration and a lineage are a few kilobytes.
    private static final int MAX_ORDER_BYTES = 1 << 20;

    private static final int MAX_FILES = 1000;

    private final ModelFiles files;
    private final BodyLimit limit;

    Receiving(ModelFiles files, BodyLimit limit) {
        this.files = files;
        this.limit = limit;
    }

    /// An order that is the whole body.
    RegisterOrder order(InputStream body) throws IOException {
        return readOrder(body).fetched();
    }

    /// Says early that a body does not fit on the disk.
    ///
    /// @param bytes that it has
    void announce(long bytes) {
        files.makeRoom(bytes);
    }

    /// The bytes of a model's only file.
    ///
    /// @param sha256 that it must have, or ""
    Content file(InputStream body, String sha256) throws IOException {
        StoredFile kept = files.keep(ONLY_FILE, body, sha256, limit.maxBytes());
        if (kept.bytes() == 0) {
            discard(List.of(kept));
        }
        return new Content.Received(List.of(notEmpty(kept)));
    }

    /// An order and the files that it is about, each in a part of its own.
    RegisterOrder parts(InputStream body, String contentType) throws IOException {
        List<StoredFile> kept = new ArrayList<>();
        boolean complete = false;
        try {
            RegisterOrder order = parts(new MultipartReader(body, MultipartReader.boundary(contentType)), kept);
            complete = true;
            return order;
        } finally {
            if (!complete) {
                discard(kept);
            }
        }
    }

    private RegisterOrder parts(MultipartReader reader, List<StoredFile> kept) throws IOException {
        @Nullable OrderReader order = null;
        long left = limit.maxBytes();
        for (MultipartReader.Part part = reader.next(); part != null; part = reader.next()) {
            if (part.name().equals("order") && order == null) {
                order = readOrder(part.content());
                checkNoSource(order);
            } else if (part.name().equals("file") && order != null) {
                StoredFile file = keep(part, kept, left);
                left -= file.bytes();
                kept.add(file);
            } else {
                throw ServingException.invalid(
                        "part '%s' of multipart/form-data (expected: first one named 'order', then those named 'file')"
                                .formatted(HeaderText.quote(part.name())));
            }
        }
        if (order == null || kept.isEmpty()) {
            throw ServingException.invalid("multipart/form-data without a part '%s' (expected: one)"
                    .formatted(order == null ? "order" : "file"));
        }
        return order.order(new Content.Received(named(order, kept)));
    }

    private void discard(List<StoredFile> kept) {
        files.settle(kept);
        try {
            files.sweep();
        } catch (FetchException e) {
            // They go with the next sweep, or when there is no room.
        }
    }

    private static void checkNoSource(OrderReader order) {
        if (order.namesSource()) {
            throw ServingException.invalid("field 'uri' (expected: none, as the files come with the order)");
        }
    }

    private StoredFile keep(MultipartReader.Part part, List<StoredFile> kept, long left) {
        String path = part.fileName();
        if (kept.size() == MAX_FILES) {
            throw ServingException.invalid("more than %d parts 'file' (expected: no more)".formatted(MAX_FILES));
        }
        String clash = FilePaths.clash(path, kept);
        if (!FilePaths.isPlain(path) || !clash.isEmpty()) {
            throw ServingException.invalid(
                    "filename: '%s'%s (expected: a path below the version's folder, with '/', each once)"
                            .formatted(
                                    HeaderText.quote(path),
                                    clash.isEmpty() ? "" : " beside '" + HeaderText.quote(clash) + "'"));
        }
        Map<String, String> headers = part.headers();
        String sha256 = OrderReader.sha256(headers.getOrDefault(SHA256, ""), "header " + SHA256 + " of " + path);
        return files.keep(path, part.content(), sha256, left);
    }

    private static StoredFile notEmpty(StoredFile file) {
        if (file.bytes() == 0) {
            throw ServingException.invalid("%s has 0 bytes (expected: more)".formatted(file.path()));
        }
        return file;
    }

    /// A model's only file is loaded by a fixed name, whatever it was called where it comes from.
    private static List<StoredFile> named(OrderReader order, List<StoredFile> kept) {
        if (kept.size() > 1) {
            kept.sort(Comparator.comparing(StoredFile::path));
            return kept;
        }
        StoredFile only = notEmpty(kept.getFirst());
        if (!order.sha256().isEmpty() && !order.sha256().equals(only.sha256())) {
            throw ServingException.invalid(
                    "%s has the sha256 %s (expected: %s)".formatted(only.path(), only.sha256(), order.sha256()));
        }
        return List.of(new StoredFile(ONLY_FILE, only.sha256(), only.bytes()));
    }

    private static OrderReader readOrder(InputStream body) throws IOException {
        byte[] text = body.readNBytes(MAX_ORDER_BYTES + 1);
        if (text.length > MAX_ORDER_BYTES) {
            throw new ServingException(
                    ErrorCode.TOO_LARGE,
                    "the order has more than %d bytes (expected: no more)".formatted(MAX_ORDER_BYTES));
        }
        ByteBuf json = Unpooled.wrappedBuffer(text);
        return OrderReader.read(json);
    }
}
