package dev.penstock.loadtest.engine;

import dev.penstock.loadtest.engine.HeaderBlock.Field;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The plan's payloads as frames of gRPC calls. Immutable, shared by all loops.
final class H2Requests {
    private static final int MESSAGE_PREFIX = 5;
    private static final int MAX_TIMEOUT = 99_999_999;

    private final List<Field> shared;
    private final byte[][] plainHeads;
    private final byte[][] tellingHeads;
    private final byte[][] knownHeads;
    private final byte[][] messages;
    private final byte[][] frames;

    H2Requests(LoadPlan plan) {
        List<List<Field>> fields =
                plan.payloads().stream().map(payload -> fields(plan, payload)).toList();
        this.shared = new ArrayList<>(fields.getFirst());
        fields.forEach(shared::retainAll);
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
        if (plan.protocol() == Protocol.GRPC_UNARY) {
            plan.deadline().ifPresent(deadline -> fields.put("grpc-timeout", timeout(deadline)));
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

    /// gRPC's way to write a duration: at most eight digits and a unit.
    static String timeout(Duration duration) {
        long nanos = TimeUnit.NANOSECONDS.convert(duration);
        if (nanos <= MAX_TIMEOUT) {
            return nanos + "n";
        }
        if (TimeUnit.NANOSECONDS.toMicros(nanos) <= MAX_TIMEOUT) {
            return TimeUnit.NANOSECONDS.toMicros(nanos) + "u";
        }
        if (TimeUnit.NANOSECONDS.toMillis(nanos) <= MAX_TIMEOUT) {
            return TimeUnit.NANOSECONDS.toMillis(nanos) + "m";
        }
        return Math.min(MAX_TIMEOUT, duration.toSeconds()) + "S";
    }

    private void writeHeads(int at, List<Field> fields) {
        HeaderBlock plain = new HeaderBlock();
        HeaderBlock telling = new HeaderBlock();
        HeaderBlock known = new HeaderBlock();
        for (Field field : fields) {
            plain.plain(field);
            if (shared.contains(field)) {
                telling.remembered(field);
                known.known(field, shared);
            } else {
                telling.plain(field);
                known.plain(field);
            }
        }
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

    /// The message with its prefix.
    byte[] message(int payload) {
        return messages[payload];
    }

    /// The message as one DATA frame; empty if it is too large for that.
    byte[] frame(int payload) {
        return frames[payload];
    }
}
