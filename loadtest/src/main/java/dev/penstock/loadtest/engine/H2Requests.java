package dev.penstock.loadtest.engine;

import dev.penstock.loadtest.engine.HeaderBlock.Field;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The plan's payloads as frames of gRPC calls. Immutable, shared by all loops.
final class H2Requests {
    private static final int MESSAGE_PREFIX = 5;

    private final List<Field> shared;

    /// What each call says anew, at the end of its head; null if none does.
    private final @Nullable CallTimeout timeout;

    private final List<List<Varying>> varying = new ArrayList<>();
    private final long seed;

    private final byte[][] plainHeads;
    private final byte[][] tellingHeads;
    private final byte[][] knownHeads;
    private final byte[][] messages;
    private final byte[][] frames;

    /// @param fromEnd where its value begins, before the end of a head
    private record Varying(int fromEnd, VaryingValue value) {}

    H2Requests(LoadPlan plan) {
        List<List<Field>> fields =
                plan.payloads().stream().map(payload -> fields(plan, payload)).toList();
        this.seed = plan.seed();
        this.shared = new ArrayList<>(fields.getFirst());
        fields.forEach(shared::retainAll);
        shared.removeIf(H2Requests::varies);
        this.timeout = tellsRest(plan) ? timeout(plan).orElse(null) : null;
        int count = fields.size();
        this.plainHeads = new byte[count][];
        this.tellingHeads = new byte[count][];
        this.knownHeads = new byte[count][];
        this.messages = new byte[count][];
        this.frames = new byte[count][];
        int flags = plan.protocol() == Protocol.GRPC_UNARY ? H2.END_STREAM : 0;
        for (int i = 0; i < count; i++) {
            writeHeads(i, fields.get(i));
            messages[i] = message(plan.payloads().get(i).body());
            frames[i] = messages[i].length <= H2.DEFAULT_FRAME ? H2.frame(H2.DATA, flags, messages[i]) : new byte[0];
        }
    }

    private static List<Field> fields(LoadPlan plan, Payload payload) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(":path", payload.path());
        fields.put(":authority", authority(plan.target()));
        fields.put("content-type", "application/grpc");
        fields.put("te", "trailers");
        fields.put("user-agent", "penstock-loadtest");
        if (!tellsRest(plan)) {
            timeout(plan).ifPresent(whole -> fields.put(CallTimeout.HEADER, whole.whole()));
        }
        fields.putAll(plan.headers());
        fields.putAll(payload.headers());
        return fields.entrySet().stream()
                .map(field -> new Field(field.getKey(), field.getValue()))
                .toList();
    }

    static String authority(InetSocketAddress target) {
        String host = target.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + target.getPort();
    }

    private static Optional<CallTimeout> timeout(LoadPlan plan) {
        return plan.protocol() == Protocol.GRPC_UNARY ? plan.deadline().map(CallTimeout::new) : Optional.empty();
    }

    /// A closed loop sends what is due at once, so that nothing of a deadline has passed.
    private static boolean tellsRest(LoadPlan plan) {
        return plan.pacing() instanceof Pacing.Open
                && !plan.headers().containsKey(CallTimeout.HEADER)
                && plan.payloads().stream()
                        .noneMatch(payload -> payload.headers().containsKey(CallTimeout.HEADER));
    }

    private static boolean varies(Field field) {
        return VaryingValue.of(field.value()).varies();
    }

    private void writeHeads(int at, List<Field> all) {
        HeaderBlock plain = new HeaderBlock();
        HeaderBlock telling = new HeaderBlock();
        HeaderBlock known = new HeaderBlock();
        Map<VaryingValue, Integer> ends = new LinkedHashMap<>();
        for (Field field : all.stream().filter(field -> !varies(field)).toList()) {
            plain.plain(field);
            if (shared.contains(field)) {
                telling.remembered(field);
                known.known(field, shared);
            } else {
                telling.plain(field);
                known.plain(field);
            }
        }
        // At the end, as far from it in each of the three.
        for (Field field : all.stream().filter(H2Requests::varies).toList()) {
            VaryingValue value = VaryingValue.of(field.value());
            Field zeros = new Field(field.name(), value.zeros());
            plain.plain(zeros);
            telling.plain(zeros);
            known.plain(zeros);
            ends.put(value, plain.size());
        }
        if (timeout != null) {
            Field rest = new Field(CallTimeout.HEADER, timeout.wholeInAllDigits());
            plain.plain(rest);
            telling.plain(rest);
            known.plain(rest);
        }
        varying.add(ends.entrySet().stream()
                .map(end -> new Varying(
                        plain.size() - end.getValue() + end.getKey().zeros().length(), end.getKey()))
                .toList());
        plainHeads[at] = H2.frame(H2.HEADERS, H2.END_HEADERS, fitting(plain.bytes()));
        tellingHeads[at] = H2.frame(H2.HEADERS, H2.END_HEADERS, telling.bytes());
        knownHeads[at] = H2.frame(H2.HEADERS, H2.END_HEADERS, known.bytes());
    }

    private static byte[] fitting(byte[] block) {
        if (block.length > H2.DEFAULT_FRAME) {
            throw new IllegalArgumentException(
                    "headers: " + block.length + " bytes (expected: <= " + H2.DEFAULT_FRAME + ")");
        }
        return block;
    }

    private static byte[] message(byte[] body) {
        ByteBuffer message = ByteBuffer.allocate(MESSAGE_PREFIX + body.length);
        return message.put((byte) 0).putInt(body.length).put(body).array();
    }

    /// What a server must be ready to remember for heads that are told once.
    int tableBytes() {
        return shared.stream().mapToInt(Field::tableBytes).sum();
    }

    /// The largest head and message, without frames.
    int maxBytes() {
        int max = 0;
        for (int i = 0; i < messages.length; i++) {
            max = Math.max(max, plainHeads[i].length + messages[i].length);
        }
        return max;
    }

    /// A HEADERS frame that can be read without a table.
    byte[] plainHead(int payload) {
        return plainHeads[payload];
    }

    /// A HEADERS frame that fills the server's table.
    byte[] tellingHead(int payload) {
        return tellingHeads[payload];
    }

    /// A HEADERS frame for a server whose table was filled.
    byte[] knownHead(int payload) {
        return knownHeads[payload];
    }

    /// Says in a head, with which `out` ends, what is left of its deadline. Allocates nothing.
    ///
    /// @param passedNanos since the request was due
    void writeRest(ByteBuffer out, long passedNanos) {
        if (timeout != null) {
            timeout.writeRest(out, passedNanos);
        }
    }

    /// Writes what is a request's own over the head with which `out` ends. Allocates nothing.
    void vary(ByteBuffer out, int payload, long number) {
        List<Varying> others = varying.get(payload);
        for (int i = 0; i < others.size(); i++) {
            Varying one = others.get(i);
            one.value.write(out, out.position() - one.fromEnd, 0, out.position(), number, seed);
        }
    }

    /// The message with its prefix.
    byte[] message(int payload) {
        return messages[payload];
    }

    /// The message as one DATA frame; empty if it is too large for that.
    byte[] frame(int payload) {
        return frames[payload];
    }
}
