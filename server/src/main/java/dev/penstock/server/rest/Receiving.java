package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.RegisterOrder.Content;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.upload.ReceivedFiles;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Reads orders and files from bodies as they arrive; files go to the disk piece by piece. Thread-safe; blocks.
final class Receiving {
    static final String SHA256 = "x-penstock-sha256";

    /// A configuration and a lineage are a few kilobytes.
    private static final int MAX_ORDER_BYTES = 1 << 20;

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
        try (ReceivedFiles received = new ReceivedFiles(files, limit.maxBytes())) {
            received.addOnly(body, sha256);
            Content content = received.content("");
            received.handOver();
            return content;
        }
    }

    /// An order and the files that it is about, each in a part of its own.
    RegisterOrder parts(InputStream body, String contentType) throws IOException {
        MultipartReader reader = new MultipartReader(body, MultipartReader.boundary(contentType));
        try (ReceivedFiles received = new ReceivedFiles(files, limit.maxBytes())) {
            RegisterOrder order = parts(reader, received);
            received.handOver();
            return order;
        }
    }

    private static RegisterOrder parts(MultipartReader reader, ReceivedFiles received) throws IOException {
        @Nullable OrderReader order = null;
        for (MultipartReader.Part part = reader.next(); part != null; part = reader.next()) {
            if (part.name().equals("order") && order == null) {
                order = readOrder(part.content());
                checkNoSource(order);
            } else if (part.name().equals("file") && order != null) {
                keep(part, received);
            } else {
                throw ServingException.invalid(
                        "part '%s' of multipart/form-data (expected: first one named 'order', then those named 'file')"
                                .formatted(HeaderText.quote(part.name())));
            }
        }
        if (order == null || received.isEmpty()) {
            throw ServingException.invalid("multipart/form-data without a part '%s' (expected: one)"
                    .formatted(order == null ? "order" : "file"));
        }
        return order.order(received.content(order.sha256()));
    }

    private static void checkNoSource(OrderReader order) {
        if (order.namesSource()) {
            throw ServingException.invalid("field 'uri' (expected: none, as the files come with the order)");
        }
    }

    private static void keep(MultipartReader.Part part, ReceivedFiles received) {
        String path = part.fileName();
        String sha256 = part.headers().getOrDefault(SHA256, "");
        received.add(
                path,
                part.content(),
                ReceivedFiles.checkSha256(sha256, "header " + SHA256 + " of " + HeaderText.quote(path)));
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
