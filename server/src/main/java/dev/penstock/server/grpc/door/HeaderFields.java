package dev.penstock.server.grpc.door;

import dev.penstock.server.wire.SentHeaders;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Takes what Netty's decoder finds in a header block and keeps it without a map. What it holds is that of the
/// last block.
///
/// HPACK's table hands the same objects out again, so that after the first request of a connection nearly
/// everything is decided by identity.
@SuppressWarnings("ReferenceEquality")
abstract class HeaderFields extends DefaultHttp2Headers {
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");

    /// The fields that mean something here; what comes after them are kept metadata.
    private static final List<AsciiString> NAMES = List.of(
            AsciiString.cached(":method"),
            AsciiString.cached(":path"),
            AsciiString.cached(":scheme"),
            AsciiString.cached(":authority"),
            AsciiString.cached("content-type"),
            AsciiString.cached("grpc-timeout"),
            AsciiString.cached("grpc-encoding"),
            AsciiString.cached("grpc-accept-encoding"),
            AsciiString.cached("x-penstock-request-id"),
            AsciiString.cached("x-request-id"),
            CONTENT_LENGTH);

    static final int METHOD = 0;
    static final int PATH = 1;
    static final int SCHEME = 2;
    static final int AUTHORITY = 3;
    static final int CONTENT_TYPE = 4;
    static final int TIMEOUT = 5;
    static final int ENCODING = 6;
    static final int ACCEPT_ENCODING = 7;
    static final int REQUEST_ID = 8;
    static final int COMMON_REQUEST_ID = 9;
    private static final int LENGTH = 10;
    private static final int OTHER = -1;

    private final Supplier<KeptHeaders> keeps;
    private KeptHeaders kept = KeptHeaders.NONE;
    private AsciiString[] known = {};

    /// By kept header: where its value is among those of all known ones.
    private int[] keptAt = {};

    private @Nullable CharSequence[] values = {};

    /// All fields in order, and what the name at each place was the last time.
    private CharSequence[] allNames = new CharSequence[16];

    private CharSequence[] allValues = new CharSequence[16];
    private int[] kinds = new int[16];
    private int count;
    private boolean repeated;

    /// @param keeps asked at every block for the names whose values are found by [#metadata]; the same object
    ///     while they are the same
    HeaderFields(Supplier<KeptHeaders> keeps) {
        super(false, 2);
        this.keeps = keeps;
        Arrays.fill(allNames, AsciiString.EMPTY_STRING);
        Arrays.fill(kinds, OTHER);
        keep(keeps.get());
    }

    private void keep(KeptHeaders now) {
        kept = now;
        List<AsciiString> names = new ArrayList<>(NAMES);
        keptAt = new int[now.size()];
        for (int i = 0; i < keptAt.length; i++) {
            AsciiString name = AsciiString.cached(now.names().get(i));
            int meant = NAMES.indexOf(name);
            keptAt[i] = meant < 0 ? names.size() : meant;
            if (meant < 0) {
                names.add(name);
            }
        }
        known = names.toArray(AsciiString[]::new);
        values = new @Nullable CharSequence[known.length];
        // What a name at each place was is to be found out anew.
        Arrays.fill(allNames, AsciiString.EMPTY_STRING);
    }

    /// The names as of the last block.
    final KeptHeaders kept() {
        return kept;
    }

    /// A decoder that always decodes into `this`.
    final DefaultHttp2HeadersDecoder decoder(int maxMetadataBytes) {
        return new DefaultHttp2HeadersDecoder(true, maxMetadataBytes) {
            @Override
            protected Http2Headers newHeaders() {
                return reset();
            }
        };
    }

    private HeaderFields reset() {
        KeptHeaders now = keeps.get();
        if (now != kept) {
            keep(now);
        }
        Arrays.fill(values, null);
        count = 0;
        repeated = false;
        return this;
    }

    /// The value of a field that means something here; null if there is none.
    ///
    /// @param kind such as [#PATH]
    @Nullable
    final CharSequence known(int kind) {
        return values[kind];
    }

    /// Whether a field is doubled that is there once at most.
    final boolean isRepeated() {
        return repeated;
    }

    @Nullable
    final CharSequence metadata(int index) {
        return values[keptAt[index]];
    }

    /// Whether the block wrongly carries a pseudo header, as trailers.
    final boolean hasPseudo() {
        for (int i = 0; i < count; i++) {
            if (allNames[i].charAt(0) == ':') {
                return true;
            }
        }
        return false;
    }

    final CharSequence name(int index) {
        return allNames[index];
    }

    final CharSequence value(int index) {
        return allValues[index];
    }

    @Override
    public final Http2Headers add(CharSequence name, CharSequence value) {
        if (count == allNames.length) {
            grow();
        }
        int kind = allNames[count] == name ? kinds[count] : kindOf(name);
        if (allValues[count] != value) {
            checkValue(value);
        }
        allNames[count] = name;
        allValues[count] = value;
        kinds[count++] = kind;
        if (kind != OTHER) {
            CharSequence before = values[kind];
            repeated |= before != null
                    && (kind <= AUTHORITY || (kind == LENGTH && !AsciiString.contentEquals(before, value)));
            boolean one = kind < REQUEST_ID || kind == LENGTH;
            values[kind] = one ? value : SentHeaders.more(name, before, value);
        }
        return this;
    }

    private void grow() {
        int from = count;
        allNames = Arrays.copyOf(allNames, count * 2);
        allValues = Arrays.copyOf(allValues, count * 2);
        kinds = Arrays.copyOf(kinds, count * 2);
        Arrays.fill(allNames, from, allNames.length, AsciiString.EMPTY_STRING);
    }

    private int kindOf(CharSequence name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a header has no name");
        }
        for (int i = 0; i < known.length; i++) {
            if (known[i].contentEquals(name)) {
                return i;
            }
        }
        if (name.charAt(0) == ':' && !PseudoHeaderName.isPseudoHeader(name)) {
            throw new IllegalArgumentException("unknown pseudo header");
        }
        for (int i = name.charAt(0) == ':' ? 1 : 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || (c >= 'A' && c <= 'Z') || c == ':') {
                throw new IllegalArgumentException("character " + (int) c + " in the name of a header");
            }
        }
        return OTHER;
    }

    private static void checkValue(CharSequence value) {
        int length = value.length();
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            boolean outer = i == 0 || i == length - 1;
            if (c == 0 || c == '\n' || c == '\r' || (outer && (c == ' ' || c == '\t'))) {
                throw new IllegalArgumentException("character " + (int) c + " in the value of a header");
            }
        }
    }

    // What Netty's connection decoder asks of headers, answered without the map.

    @Override
    public final List<CharSequence> getAll(CharSequence name) {
        CharSequence length = values[LENGTH];
        return length != null && CONTENT_LENGTH.contentEquals(name)
                ? Collections.singletonList(length)
                : Collections.emptyList();
    }

    @Override
    public final Http2Headers setLong(CharSequence name, long value) {
        return this;
    }

    @Override
    public final int size() {
        return count;
    }

    @Override
    public final Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
        return Collections.emptyIterator();
    }

    @Override
    public final boolean equals(Object other) {
        return this == other;
    }

    @Override
    public final int hashCode() {
        return System.identityHashCode(this);
    }
}
