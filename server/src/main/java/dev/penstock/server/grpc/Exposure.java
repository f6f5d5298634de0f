package dev.penstock.server.grpc;

import dev.penstock.core.Assigned;
import dev.penstock.core.ModelName;
import dev.penstock.server.admin.ModelLookup;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallRecord;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.calls.TraceParent;
import dev.penstock.server.wire.Callers;
import dev.penstock.server.wire.FeedbackTokens;
import dev.penstock.server.wire.HeaderText;
import dev.penstock.server.wire.RequestIds;
import dev.penstock.server.wire.SentHeaders;
import io.grpc.Context;
import io.grpc.Metadata;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a call's answer says about itself in its headers: the request's id, and the model and version it was
/// about. Any thread may write and read.
final class Exposure {
    static final Metadata.Key<String> MODEL = Metadata.Key.of("x-penstock-model", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> VERSION = Metadata.Key.of("x-penstock-version", Metadata.ASCII_STRING_MARSHALLER);

    static final Metadata.Key<String> CALLER = Metadata.Key.of(Callers.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TRACE_PARENT =
            Metadata.Key.of(TraceParent.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TRACE_STATE =
            Metadata.Key.of(TraceParent.STATE_HEADER, Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> REQUEST_ID = Metadata.Key.of(RequestIds.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> COMMON_REQUEST_ID =
            Metadata.Key.of(RequestIds.COMMON_HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> FEEDBACK_TOKEN =
            Metadata.Key.of(FeedbackTokens.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> ROUTE =
            Metadata.Key.of(Assigned.ROUTE_HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> ARM =
            Metadata.Key.of(Assigned.ARM_HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> ASSIGNMENT =
            Metadata.Key.of(Assigned.ASSIGNMENT_HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<Exposure> CURRENT = Context.key("penstock-exposure");

    private volatile String requestId;
    private volatile @Nullable Metadata sent;
    private volatile int caller;
    private volatile @Nullable String callerName;
    private volatile @Nullable String traceParent;
    private volatile @Nullable String traceState;
    private volatile @Nullable SocketAddress peer;
    private volatile @Nullable String model;
    private volatile long version;
    private volatile String feedbackToken = "";
    private volatile @Nullable Assigned arm;

    Exposure(String requestId) {
        this.requestId = requestId;
    }

    /// That of a call that arrived with `headers`.
    static Exposure of(Metadata headers, RequestIds ids) {
        Exposure exposure = new Exposure(ids.of(headers.get(REQUEST_ID), headers.get(COMMON_REQUEST_ID)));
        exposure.sent = headers;
        return exposure;
    }

    /// What the call's header of that name says, or null. On the thread that handles the call.
    ///
    /// @param name lower case
    @Nullable
    String header(String name) {
        @Nullable Metadata headers = sent;
        if (headers == null || name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            return null;
        }
        @Nullable Iterable<String> values = headers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        if (values == null) {
            return null;
        }
        List<String> all = new ArrayList<>();
        values.forEach(all::add);
        @Nullable CharSequence one = SentHeaders.one(name, all);
        return one == null ? null : one.toString();
    }

    /// That of the call whose handler is running.
    static Exposure current() {
        @Nullable Exposure current = CURRENT.get();
        if (current == null) {
            throw new IllegalStateException("no call is being handled");
        }
        return current;
    }

    /// `context` as it is while the handler of this call runs.
    Context in(Context context) {
        return context.withValue(CURRENT, this);
    }

    /// Who asks, as a hash; not told to anybody.
    int caller() {
        return caller;
    }

    void caller(int who) {
        caller = who;
    }

    /// Who asks, as it was sent, or null.
    void callerName(@Nullable String name) {
        callerName = name;
    }

    /// Where the call comes from: a peer, and a trace of which `headers` speak.
    void from(Metadata headers, @Nullable SocketAddress newPeer) {
        traceParent = headers.get(TRACE_PARENT);
        traceState = headers.get(TRACE_STATE);
        peer = newPeer;
    }

    /// Begins the record of a call that has just arrived.
    void describe(CallRecord record, CallKind kind) {
        record.begin(kind, CallTimes.UNKNOWN, traceParent, traceState);
        record.caller(callerName, peer);
    }

    /// Who asks, in its own words, for logs.
    String principal() {
        return Callers.principal(callerName);
    }

    String requestId() {
        return requestId;
    }

    /// The caller's own id stands over any other; "" is none.
    void requestId(String id) {
        if (!id.isEmpty()) {
            requestId = RequestIds.own(id);
        }
    }

    /// Names what was asked for, also where it is not there.
    void asked(String name, String asked) {
        model(name);
        version = ModelLookup.asked(asked);
    }

    /// What cannot be a model's name is not repeated.
    void model(String name) {
        if (ModelName.isAddress(name)) {
            model = HeaderText.name(name);
        }
    }

    void version(long number) {
        version = number;
    }

    /// The arm of a route that has the call, or null.
    @Nullable
    Assigned arm() {
        return arm;
    }

    void arm(Assigned assigned) {
        arm = assigned;
    }

    /// @param token "" for none
    void feedbackToken(String token) {
        feedbackToken = token;
    }

    void writeTo(Metadata metadata) {
        put(metadata, REQUEST_ID, requestId);
        @Nullable String name = model;
        if (name != null) {
            put(metadata, MODEL, name);
        }
        if (version > 0) {
            put(metadata, VERSION, Long.toString(version));
        }
        if (!feedbackToken.isEmpty()) {
            put(metadata, FEEDBACK_TOKEN, feedbackToken);
        }
        @Nullable Assigned known = arm;
        if (known != null) {
            put(metadata, ROUTE, HeaderText.name(known.route()));
            put(metadata, ARM, known.arm());
            put(metadata, ASSIGNMENT, known.header());
        }
    }

    private static void put(Metadata metadata, Metadata.Key<String> key, String value) {
        metadata.discardAll(key);
        metadata.put(key, value);
    }
}
