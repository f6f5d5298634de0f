package dev.penstock.server.payload;

import dev.penstock.core.BytesElements;
import dev.penstock.core.DataType;
import dev.penstock.server.payload.RedactionRule.Field;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Does what the rules say to records. The first rule that covers a field counts. Thread-safe.
///
/// Hashes are HMAC-SHA256 under a key, so that who has a file cannot try out likely values: 32 hexadecimal
/// digits, the first half.
final class Redactor {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int HASH_BYTES = 16;
    private static final String MASKED = "***";

    private final List<RedactionRule> rules;
    private final SecretKeySpec key;

    /// @param key any bytes, at least one; copied
    Redactor(List<RedactionRule> rules, byte[] key) {
        this.rules = List.copyOf(rules);
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    PayloadRecord redact(PayloadRecord record) {
        if (rules.isEmpty()) {
            return record;
        }
        String model = record.model();
        return withId(record).with(
                texts(model, Field.PARAMETER, record.parameters()),
                texts(model, Field.HEADER, record.headers()),
                redactedHeaders(record),
                tensors(model, Field.INPUT, record.inputs()),
                tensors(model, Field.OUTPUT, record.outputs()));
    }

    /// Ids that the server made say nothing of anybody.
    private PayloadRecord withId(PayloadRecord record) {
        if (record.callerId().isEmpty()) {
            return record;
        }
        return switch (of(record.model(), Field.ID, "")) {
            case NONE -> record;
            case HASH -> {
                String hash = hash(record.callerId().getBytes(StandardCharsets.UTF_8));
                yield record.withId(hash, hash);
            }
            case DROP, MASK ->
                record.withId(
                        HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()), "");
        };
    }

    private Set<String> redactedHeaders(PayloadRecord record) {
        return record.headers().keySet().stream()
                .filter(name -> of(record.model(), Field.HEADER, name) != Redaction.NONE)
                .collect(Collectors.toSet());
    }

    private Redaction of(String model, Field field, String name) {
        for (RedactionRule rule : rules) {
            if (rule.covers(model, field, name)) {
                return rule.redaction();
            }
        }
        return Redaction.NONE;
    }

    private Map<String, String> texts(String model, Field field, Map<String, String> texts) {
        Map<String, String> kept = new TreeMap<>();
        texts.forEach((name, value) -> {
            switch (of(model, field, name)) {
                case NONE -> kept.put(name, value);
                case HASH -> kept.put(name, hash(value.getBytes(StandardCharsets.UTF_8)));
                case MASK -> kept.put(name, MASKED);
                case DROP -> {}
            }
        });
        return kept;
    }

    private List<PayloadTensor> tensors(String model, Field field, List<PayloadTensor> tensors) {
        return tensors.stream()
                .map(tensor -> redact(tensor, of(model, field, tensor.name())))
                .toList();
    }

    private PayloadTensor redact(PayloadTensor tensor, Redaction how) {
        if (tensor.redaction() != Redaction.NONE) {
            return tensor;
        }
        return switch (how) {
            case NONE -> tensor;
            case DROP -> tensor.without(Redaction.DROP, "");
            case HASH ->
                tensor.type() == DataType.BYTES
                        ? tensor.with(Redaction.HASH, eachText(tensor.data(), this::hash))
                        : tensor.without(Redaction.HASH, hash(bytes(tensor.data())));
            case MASK ->
                tensor.with(
                        Redaction.MASK,
                        tensor.type() == DataType.BYTES
                                ? eachText(tensor.data(), _ -> MASKED)
                                : ByteBuffer.allocate(tensor.data().remaining()).order(ByteOrder.LITTLE_ENDIAN));
        };
    }

    private interface TextChange {
        String change(byte[] text);
    }

    /// A tensor of [DataType#BYTES] with another text in the place of each.
    private static ByteBuffer eachText(ByteBuffer data, TextChange change) {
        ByteBuffer left = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        ByteBuffer length = ByteBuffer.allocate(BytesElements.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (left.remaining() >= BytesElements.LENGTH_BYTES) {
            byte[] text = new byte[Math.clamp(left.getInt(), 0, left.remaining())];
            left.get(text);
            byte[] other = change.change(text).getBytes(StandardCharsets.US_ASCII);
            length.putInt(0, other.length);
            changed.writeBytes(length.array());
            changed.writeBytes(other);
        }
        return ByteBuffer.wrap(changed.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] bytes(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        return bytes;
    }

    private String hash(byte[] value) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(value), 0, HASH_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
