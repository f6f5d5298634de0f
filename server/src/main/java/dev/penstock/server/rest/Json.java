package dev.penstock.server.rest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufUtil;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/// JSON as this door reads and writes it: strict, but for the bare tokens NaN and Infinity on input.
final class Json {
    private static final int MAX_NESTING = 64;
    private static final int MAX_NAME_CHARS = 1024;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxNameLength(MAX_NAME_CHARS)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Json() {}

    /// Reads `length` bytes of `source` from `index` on; neither its indexes nor its owner change.
    static JsonParser parser(ByteBuf source, int index, int length) {
        InputStream text = new ByteBufInputStream(source.slice(index, length));
        return FACTORY.createParser(ObjectReadContext.empty(), text);
    }

    /// Reads a text of ours.
    static JsonParser parser(String text) {
        return FACTORY.createParser(ObjectReadContext.empty(), text);
    }

    /// What `content` wrote, as UTF-8.
    static byte[] bytes(Consumer<JsonGenerator> content) {
        ByteBuf text = write(content);
        try {
            return ByteBufUtil.getBytes(text);
        } finally {
            text.release();
        }
    }

    /// @return what `content` wrote; it belongs to the caller
    static ByteBuf write(Consumer<JsonGenerator> content) {
        return write(content, Integer.MAX_VALUE);
    }

    /// What `content` wrote, as text.
    static String text(Consumer<JsonGenerator> content) {
        ByteBuf text = write(content);
        try {
            return text.toString(StandardCharsets.UTF_8);
        } finally {
            text.release();
        }
    }

    /// @param maxBytes what `content` may write
    /// @return what it wrote; it belongs to the caller
    /// @throws dev.penstock.core.ServingException if it is more
    static ByteBuf write(Consumer<JsonGenerator> content, long maxBytes) {
        ByteBuf text = ByteBufAllocator.DEFAULT.buffer();
        OutputStream out = new LimitedOutput(text, maxBytes);
        boolean written = false;
        try {
            try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
                content.accept(json);
            }
            written = true;
        } finally {
            if (!written) {
                text.release();
            }
        }
        return text;
    }
}
